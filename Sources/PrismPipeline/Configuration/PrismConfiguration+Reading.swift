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
    let defaults = try SettingTree(base)
    var configuration = base
    // A decoder stops at its first mismatch: put the default there and look for the next one.
    var mismatchesLeft = 200
    while true {
      do {
        configuration = try tree.decoded(as: PrismConfiguration.self)
        break
      } catch let error as DecodingError {
        let (path, problem) = Self.describe(error, in: tree)
        problems.append(problem)
        mismatchesLeft -= 1
        guard mismatchesLeft > 0, let value = defaults.value(at: path[...]),
          tree.value(at: path[...]) != value
        else { break }
        tree = tree.replacing(path[...], with: value)
      }
    }
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

  private static func describe(
    _ error: DecodingError, in tree: SettingTree
  ) -> (path: [String], problem: String) {
    let context: DecodingError.Context
    var expected: String?
    switch error {
    case .typeMismatch(let type, let found):
      context = found
      expected = wording(of: type)
    case .valueNotFound(let type, let found):
      context = found
      expected = wording(of: type)
    case .keyNotFound(_, let found), .dataCorrupted(let found):
      context = found
    @unknown default:
      return ([], "cannot be read")
    }
    // Settings are section.key; what lies deeper (list items) is reported at its key.
    let path = context.codingPath.filter { $0.intValue == nil }.map(\.stringValue)
    let value = tree.value(at: path[...]).flatMap { try? CanonicalJSON.data($0) }
    let shown = value.map { String(decoding: $0, as: UTF8.self).prefix(60) } ?? ""
    let name = path.joined(separator: ".")
    if let expected { return (path, "\(name) is \(shown); expected \(expected)") }
    if context.debugDescription.hasPrefix("is ") {
      return (path, "\(name) \(context.debugDescription)")
    }
    return (path, "\(name) is \(shown), which does not fit: expected a whole number in range")
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
