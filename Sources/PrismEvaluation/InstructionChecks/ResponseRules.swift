/// One of the three sentences occurs anywhere.
struct ConstrainedResponseRule: InstructionRule {
  private static let options: [ScalarText] = [
    "My answer is yes.", "My answer is no.", "My answer is maybe.",
  ]

  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool {
    Self.options.contains { response.contains($0) }
  }
}

/// The response is JSON, with or without a Markdown fence around it.
struct JSONFormatRule: InstructionRule {
  private static let openings: [ScalarText] = ["```json", "```Json", "```JSON", "```"]

  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool {
    var text = response.stripped
    // One after the other: each may remove something.
    for opening in Self.openings where text.hasPrefix(opening) {
      text = text.slice(opening.count..<text.count)
    }
    if text.hasSuffix("```") { text = text.slice(0..<(text.count - 3)) }
    return JSONGrammar.accepts(text.stripped.scalars)
  }
}

/// Two different responses with six asterisks between them.
struct TwoResponsesRule: InstructionRule {
  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool {
    let pieces = response.split(on: "******").map(\.stripped)
    guard !pieces.dropFirst().dropLast().contains(where: \.isBlank) else { return false }
    let answers = pieces.filter { !$0.isBlank }
    return answers.count == 2 && answers[0] != answers[1]
  }
}

/// The response starts with the prompt, in any case.
struct RepeatedPromptRule: InstructionRule {
  private let prompt: ScalarText

  init(_ arguments: inout InstructionArguments) throws {
    prompt = ScalarText(try arguments.text("prompt_to_repeat")).stripped.lowercased
  }

  func isFollowed(by response: ScalarText) -> Bool {
    response.stripped.lowercased.hasPrefix(prompt)
  }
}

/// The response ends with a phrase, in any case; quotation marks may close it.
struct EndPhraseRule: InstructionRule {
  private let phrase: ScalarText

  init(_ arguments: inout InstructionArguments) throws {
    phrase = ScalarText(try arguments.text("end_phrase")).stripped.lowercased
  }

  func isFollowed(by response: ScalarText) -> Bool {
    response.stripped.stripped { $0 == "\"" }.lowercased.hasSuffix(phrase)
  }
}

/// The response stands between straight double quotation marks.
struct QuotationRule: InstructionRule {
  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool {
    let text = response.stripped.scalars
    return text.count > 1 && text.first == "\"" && text.last == "\""
  }
}

/// The response holds no comma; those of other scripts are no commas.
struct NoCommaRule: InstructionRule {
  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool { !response.scalars.contains(",") }
}
