import Foundation
import PrismPipeline

/// Persona texts and the control text, and which of them an item gets.
package struct ConditionTexts: Sendable {
  /// By length, then by name.
  private let personas: [Persona.Length: [String: String]]
  private let control: String
  private let promptStyle: EvaluationConfiguration.PromptStyle

  /// Throws `PipelineError` or `EvaluationError.missingResource` where the build lacks a text.
  package init(promptStyle: EvaluationConfiguration.PromptStyle = .raw) throws {
    self.promptStyle = promptStyle
    personas = try Dictionary(
      uniqueKeysWithValues: Persona.Length.allCases.map { length in
        let texts = try ShippedPersonas.personas(length: length)
        return (length, Dictionary(texts.map { ($0.name, $0.text) }) { first, _ in first })
      })
    let file = try EvaluationResource.file("control-text.txt")
    control = String(decoding: file.bytes, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The conditions under which a strategy needs answers to an item.
  package func conditions(
    of strategy: EvaluationStrategy, for item: BenchmarkItem, in benchmark: String
  ) -> [AnswerCondition] {
    switch strategy {
    case .base: [.base]
    case .fineTuned: [.fineTuned]
    case .adapter: [.adapter]
    case .prism, .randomGate, .oracle: [.base, .adapter]
    case .controlText: [AnswerCondition(name: strategy.name, system: control)]
    case .persona(let name, let placement): [persona(name, shown(placement, item))]
    case .expert(let placement):
      [persona(Self.expert(for: item, in: benchmark), shown(placement, item))]
    case .averagePersona(let placement):
      ShippedPersonas.names.map { persona($0, shown(placement, item)) }
    }
  }

  /// A raw question has no turns: whatever the place, the persona stands before it, and the same prompt
  /// is not answered twice.
  private func shown(_ placement: PersonaPlacement, _ item: BenchmarkItem) -> PersonaPlacement {
    if case .conversation = item.task { return placement }
    return promptStyle == .raw ? PersonaPlacement(length: placement.length) : placement
  }

  private func persona(_ name: String, _ placement: PersonaPlacement) -> AnswerCondition {
    let text = personas[placement.length]?[name] ?? ""
    let full = EvaluationStrategy.persona(name: name, placement).name
    return placement.place == .system
      ? AnswerCondition(name: full, system: text) : AnswerCondition(name: full, opening: text)
  }

  /// The paper's matching: MT-Bench's categories are personas themselves, safety prompts get the
  /// safety monitor; the others get the nearest of the twelve.
  package static func expert(for item: BenchmarkItem, in benchmark: String) -> String {
    if ShippedPersonas.names.contains(item.category) { return item.category }
    switch benchmark {
    case "mmlu": return ["stem": "stem", "humanities": "humanities"][item.domain] ?? "helpful"
    case "gsm8k": return "math"
    case "ifeval": return "compliant"
    case "truthfulqa": return "critic"
    default: return "safety_monitor"
    }
  }
}
