package import Foundation

/// A model's chat template: the Jinja text that turns messages into the string the model was tuned
/// on, run under the settings Hugging Face uses.
package struct ChatTemplate: Hashable, Sendable {
  /// The date templates see unless told otherwise: noon of 26 July 2024, the day Llama 3.1's own
  /// template falls back to. A fixed date keeps prompts, and so whole runs, reproducible.
  package static let fixedDate = Date(timeIntervalSince1970: 1_721_995_200)

  private let statements: [TemplateStatement]
  private let date: Date

  /// Throws `ModelError.template` with line and column when `source` does not parse.
  package init(source: String, date: Date = fixedDate) throws {
    statements = try TemplateParser.statements(of: source)
    self.date = date
  }

  /// The messages as one string. `tools` stays undefined. Throws `ModelError.template` when the
  /// template fails, refuses the messages or exceeds the limits of a rendering.
  package func render(
    messages: [ChatMessage], beginToken: String, endToken: String, addGenerationPrompt: Bool
  ) throws -> String {
    let values = messages.map { message in
      TemplateValue.dictionary(
        TemplateDictionary([
          (.text("role"), .text(message.role.rawValue)),
          (.text("content"), .text(message.content)),
        ]))
    }
    return try render([
      "messages": .list(TemplateSequence(values)),
      "bos_token": .text(beginToken),
      "eos_token": .text(endToken),
      "add_generation_prompt": .bool(addGenerationPrompt),
    ])
  }

  /// The template's output with these variables.
  package func render(_ context: [String: TemplateValue]) throws -> String {
    var interpreter = TemplateInterpreter(context: context, date: date)
    return try interpreter.render(statements)
  }
}
