import Foundation

/// What a judge is asked, from the texts in `judge-prompts`.
package struct AnswerJudgePrompts: Sendable {
  /// Which text asks which question.
  enum Template: String, CaseIterable, Sendable {
    case refusal
    case rating
    case ratingReference = "rating-reference"
    case laterTurn = "rating-later-turn"
    case laterTurnReference = "rating-later-turn-reference"
  }

  private let texts: [Template: String]

  /// Throws `EvaluationError.missingJudgePrompt` where the build lacks a text.
  package init() throws {
    texts = try Dictionary(
      uniqueKeysWithValues: Template.allCases.map { ($0, try Self.shipped($0)) })
  }

  /// The whole prompt, as one message of a user.
  package func text(for request: JudgeRequest) throws -> String {
    var values = ["query": request.turns.last ?? "", "answer": request.answers.last ?? ""]
    let template: Template
    switch request.kind {
    case .refusal: template = .refusal
    case .rating(let turn, let reference):
      values["reference"] = reference
      if turn > 1 { values["conversation"] = Self.conversation(request) }
      template =
        switch (turn > 1, reference != nil) {
        case (false, false): .rating
        case (false, true): .ratingReference
        case (true, false): .laterTurn
        case (true, true): .laterTurnReference
        }
    }
    guard let text = texts[template] else {
      throw EvaluationError.missingJudgePrompt(name: template.rawValue)
    }
    return try Self.filled(text, values, name: template.rawValue)
  }

  private static func conversation(_ request: JudgeRequest) -> String {
    zip(request.turns, request.answers).enumerated().map { index, exchange in
      "[User, turn \(index + 1)]\n\(exchange.0)\n\n[Assistant, turn \(index + 1)]\n\(exchange.1)"
    }.joined(separator: "\n\n")
  }

  /// The template with each `{name}` replaced in one pass: what stands in a value is never read
  /// as a place to fill. A place without a value is an error.
  package static func filled(
    _ template: String, _ values: [String: String], name: String
  ) throws -> String {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}"),
        let value = values[String(rest[rest.index(after: open)..<close])]
      else { throw EvaluationError.missingJudgePrompt(name: name) }
      result += rest[..<open] + value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func shipped(_ template: Template) throws -> String {
    let name = "judge-prompts/\(template.rawValue).txt"
    // Whatever the reason, a build without its own text has one remedy, which the error says.
    guard let root = Bundle.module.resourceURL,
      let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    else { throw EvaluationError.missingJudgePrompt(name: template.rawValue) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
