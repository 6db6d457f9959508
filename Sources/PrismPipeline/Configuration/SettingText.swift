import Foundation
import Yams

/// Reads YAML text into a `SettingTree`, and refuses what no configuration needs and a hostile
/// file may abuse: size, depth, anchors and aliases, numbers that are not finite.
enum SettingText {
  static let maximumBytes = 65_536
  /// Spaces before the first character of a line.
  static let maximumIndentation = 40
  /// Block markers (`- `, `? `) that open one line.
  static let maximumMarkers = 8
  /// Flow brackets in the whole text.
  static let maximumBrackets = 256

  static func tree(of text: String, source: String) throws -> SettingTree {
    func refuse(_ problem: String) -> PipelineError {
      .configuration(source: source, problems: [problem])
    }
    if let problem = danger(in: text) { throw refuse(problem) }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      let summary = String(describing: error).split(separator: "\n").prefix(2)
      throw refuse("is not YAML: " + summary.joined(separator: " "))
    }
    guard let root, root.tag != Tag(.null) else { return .map([:]) }
    guard case .mapping = root else { throw refuse("is not a list of `section:` blocks") }
    var problems: [String] = []
    let tree = convert(root, path: "", problems: &problems)
    guard problems.isEmpty else {
      throw PipelineError.configuration(source: source, problems: problems)
    }
    return tree
  }

  /// The parser descends recursively and hashes keys through aliases, so both depth and aliases
  /// are bounded before it sees the text.
  private static func danger(in text: String) -> String? {
    guard text.utf8.count <= maximumBytes else {
      return "has \(text.utf8.count) bytes; allowed: at most \(maximumBytes)"
    }
    var brackets = 0
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let bytes = Array(line.utf8)
      let place = "line \(index + 1)"
      var position = 0
      var markers = 0
      var indentation = 0
      opening: while position < bytes.count {
        switch bytes[position] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): indentation += 1
        case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): markers += 1
        default: break opening
        }
        position += 1
      }
      if bytes[position...].first == UInt8(ascii: "#") { continue }
      if position < bytes.count, indentation > maximumIndentation || markers > maximumMarkers {
        return "\(place) is nested too deeply"
      }
      var previous = UInt8(ascii: " ")
      for (offset, byte) in bytes.enumerated() {
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { brackets += 1 }
        if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"),
          " \t-[{,:?".utf8.contains(previous),
          offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: " ")
        {
          return "\(place) has an anchor or alias (& or *); write the value out"
        }
        previous = byte
      }
      if brackets > maximumBrackets { return "\(place) is nested too deeply" }
    }
    return nil
  }

  private static func convert(_ node: Node, path: String, problems: inout [String]) -> SettingTree {
    switch node {
    case .mapping(let mapping):
      var entries: [String: SettingTree] = [:]
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          problems.append("\(path.isEmpty ? "the top level" : path) has a key that is not a word")
          continue
        }
        let below = path.isEmpty ? name : path + "." + name
        entries[name] = convert(value, path: below, problems: &problems)
      }
      return .map(entries)
    case .sequence(let sequence):
      return .list(
        sequence.enumerated().map { index, item in
          convert(item, path: "\(path)[\(index)]", problems: &problems)
        })
    case .scalar(let scalar):
      if node.tag == Tag(.null) { return .null }
      if node.tag == Tag(.bool), let value = node.bool { return .bool(value) }
      if node.tag == Tag(.int) {
        if let value = Int64(scalar.string) { return .int(value) }
        problems.append("\(path) is \(scalar.string.prefix(40)), which is not a plain whole number")
        return .null
      }
      if node.tag == Tag(.float) {
        if let value = Double(scalar.string), value.isFinite { return .double(value) }
        problems.append("\(path) is \(scalar.string.prefix(40)), which is not a finite number")
        return .null
      }
      return .string(scalar.string)
    case .alias:
      problems.append("\(path) is an alias; write the value out")
      return .null
    }
  }
}
