import Foundation
import PrismPipeline

/// The settings of a run in nine lines, one a section.
struct ConfigurationText {
  let configuration: PrismConfiguration

  /// Sections in the order of the stages.
  private static let sections = [
    "personas", "queries", "answers", "judge", "split", "gate", "route", "adapter", "engine",
  ]

  /// Throws only what encoding throws.
  func lines() throws -> [String] {
    let data = try JSONEncoder().encode(configuration)
    let tree = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]] ?? [:]
    return Self.sections.map { section in
      let values = (tree[section] ?? [:]).sorted { $0.key < $1.key }
        .map { "\($0.key) \(Self.text($0.value))" }
      return section.padding(toLength: 10, withPad: " ", startingAt: 0)
        + values.joined(separator: ", ")
    }
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let list as [Any]: "[" + list.map { "\($0)" }.joined(separator: " ") + "]"
    case let text as String where text.isEmpty: "none"
    // JSON carries single precision with double digits; six of them say enough.
    case let number as Double: String(format: "%.6g", number)
    default: "\(value)"
    }
  }
}
