public import Foundation
import Yams

extension PrismConfiguration {
  /// Reads YAML over `base`: keys that are missing keep the base's values.
  ///
  /// Throws `PipelineError.configuration` with every unknown key, wrong type and value out of range
  /// at once.
  public init(
    yaml: String, over base: PrismConfiguration = PrismConfiguration(),
    source: String = "the configuration"
  ) throws {
    let given = try SettingText.tree(of: yaml, source: source)
    var problems: [String] = []
    var tree = Self.merge(given, over: try SettingTree(base), path: [], problems: &problems)
    // A decoder stops at its first mismatch, and may not say where: try each changed key alone.
    let defaults = try SettingTree(base)
    for path in Self.changedKeys(from: defaults, to: tree) {
      guard let value = tree.value(at: path[...]), let standard = defaults.value(at: path[...])
      else { continue }
      do {
        _ = try defaults.replacing(path[...], with: value).decoded(as: PrismConfiguration.self)
      } catch let error as DecodingError {
        problems.append(try Self.describe(error, path: path, value: value))
        tree = tree.replacing(path[...], with: standard)
      }
    }
    let configuration = try tree.decoded(as: PrismConfiguration.self)
    problems += configuration.problems
    guard problems.isEmpty else {
      throw PipelineError.configuration(source: source, problems: problems)
    }
    self = configuration
  }

  /// Reads a YAML file. Throws `PipelineError.cannotRead` where it is missing or not UTF-8.
  public init(contentsOf file: URL, over base: PrismConfiguration = PrismConfiguration()) throws {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw PipelineError.cannotRead(path: file.path, reason: "no readable file is there")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw PipelineError.cannotRead(path: file.path, reason: "it is not UTF-8 text")
    }
    try self.init(yaml: text, over: base, source: file.path)
  }

  /// The whole configuration as YAML that reads back to the same value.
  public func yaml() throws -> String {
    try YAMLEncoder().encode(self)
  }

  /// SHA-256 (hex) of the canonical JSON.
  public func hash() throws -> String {
    CanonicalJSON.hash(try CanonicalJSON.data(self))
  }

  private static func merge(
    _ given: SettingTree, over base: SettingTree, path: [String], problems: inout [String]
  ) -> SettingTree {
    guard case .map(var merged) = base else { return given }
    let place = path.joined(separator: ".")
    guard case .map(let entries) = given else {
      // `section:` with nothing below it means "all defaults".
      if given != .null { problems.append("\(place) is not a block of keys") }
      return base
    }
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      guard let old = merged[key] else {
        let shown = (path + [String(key.prefix(60))]).joined(separator: ".")
        let nearest = NearestWord.nearest(to: key, among: merged.keys.sorted())
        let hint = nearest.map { "; did you mean \((path + [$0]).joined(separator: "."))?" } ?? ""
        problems.append("unknown key \(shown)\(hint)")
        continue
      }
      merged[key] = merge(value, over: old, path: path + [key], problems: &problems)
    }
    return .map(merged)
  }

  /// `[section, key]` of every setting that differs, in order.
  private static func changedKeys(from base: SettingTree, to tree: SettingTree) -> [[String]] {
    guard case .map(let sections) = base else { return [] }
    return sections.keys.sorted().flatMap { section -> [[String]] in
      guard case .map(let keys) = sections[section] else { return [] }
      return keys.keys.sorted().map { [section, $0] }
        .filter { base.value(at: $0[...]) != tree.value(at: $0[...]) }
    }
  }

  private static func describe(
    _ error: DecodingError, path: [String], value: SettingTree
  ) throws -> String {
    let name = path.joined(separator: ".")
    let shown = String(decoding: try CanonicalJSON.data(value), as: UTF8.self).prefix(60)
    switch error {
    case .typeMismatch(let type, _), .valueNotFound(let type, _):
      return "\(name) is \(shown); expected \(wording(of: type))"
    case .dataCorrupted(let context) where context.debugDescription.hasPrefix("is "):
      return "\(name) \(context.debugDescription)"
    default:
      return "\(name) is \(shown); expected a whole number in range"
    }
  }

  private static func wording(of type: any Any.Type) -> String {
    switch "\(type)" {
    case "Int", "UInt64", "Int64", "UInt": "a whole number"
    case "Double", "Float": "a number"
    case "String": "a word"
    case "Bool": "true or false"
    case let name where name.hasPrefix("Array"): "a list of words"
    case let name: "\(name)"
    }
  }
}
