package import PrismModel

/// What the model sees besides the item, and which weights answer. Strategies that need the same
/// condition share its answers.
package struct AnswerCondition: Codable, Hashable, Sendable {
  /// Unique in an evaluation.
  package let name: String
  package let system: String?
  /// Stands before the user's first turn, after which comes a blank line.
  package let opening: String?
  package let route: Route

  package init(name: String, system: String? = nil, opening: String? = nil, route: Route = .base) {
    self.name = name
    self.system = system
    self.opening = opening
    self.route = route
  }

  package static let base = AnswerCondition(name: "base")
  package static let adapter = AnswerCondition(name: "adapter", route: .adapter)

  /// A user's first turn as this condition shows it.
  package func opened(_ text: String) -> String { opening.map { $0 + "\n\n" + text } ?? text }

  /// A prompt without turns: what would be the system text stands before it.
  package func plain(_ text: String) -> String { system.map { $0 + "\n\n" + text } ?? opened(text) }
}
