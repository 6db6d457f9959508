package import PrismModel

/// What the model sees besides the item, and which weights answer. Strategies that need the same
/// condition share its answers.
package struct AnswerCondition: Codable, Hashable, Sendable {
  /// Which weights answer.
  package enum Weights: String, Codable, Hashable, Sendable {
    case base
    /// With the adapter of the bundle.
    case distilled
    /// With the adapter that learned the winning answers themselves.
    case fineTuned
  }

  /// Unique in an evaluation.
  package let name: String
  package let system: String?
  /// Stands before the user's first turn, after which comes a blank line.
  package let opening: String?
  package let weights: Weights

  package init(
    name: String, system: String? = nil, opening: String? = nil, weights: Weights = .base
  ) {
    self.name = name
    self.system = system
    self.opening = opening
    self.weights = weights
  }

  package static let base = AnswerCondition(name: "base")
  package static let adapter = AnswerCondition(name: "adapter", weights: .distilled)
  package static let fineTuned = AnswerCondition(name: "fine-tuned", weights: .fineTuned)

  package var route: Route { weights == .base ? .base : .adapter }

  /// A user's first turn as this condition shows it.
  package func opened(_ text: String) -> String { opening.map { $0 + "\n\n" + text } ?? text }

  /// A prompt without turns: what would be the system text stands before it.
  package func plain(_ text: String) -> String { system.map { $0 + "\n\n" + text } ?? opened(text) }
}
