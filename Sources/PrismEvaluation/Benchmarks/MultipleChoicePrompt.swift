/// Writes a question with lettered choices as text, with worked examples before it.
package struct MultipleChoicePrompt: Hashable, Sendable {
  package enum Style: String, Codable, Hashable, Sendable {
    /// Plain text that ends in "Answer:", as the authors of MMLU write it, down to the two blanks
    /// before the subject; the letter follows after a blank.
    case raw
    /// One user turn; the letter opens the assistant's turn.
    case chat
  }

  package let style: Style
  /// Questions with answers shown first, all on the subject of the question; none for 0-shot.
  package let examples: [LetterQuestion]

  package init(style: Style, examples: [LetterQuestion] = []) {
    self.style = style
    self.examples = examples
  }

  package func text(for question: LetterQuestion) -> String {
    let subject = question.subject.split(separator: "_").joined(separator: " ")
    let shown = examples.map {
      Self.body(of: $0) + "\nAnswer: \(Self.letters(of: $0)[$0.answer])\n\n"
    }
    let letters = Self.letters(of: question)
    switch style {
    case .raw:
      return "The following are multiple choice questions (with answers) about  \(subject).\n\n"
        + shown.joined() + Self.body(of: question) + "\nAnswer:"
    case .chat:
      let header =
        shown.isEmpty
        ? "The following is a multiple choice question about \(subject).\n\n"
        : "The following are multiple choice questions about \(subject), with answers.\n\n"
      return header + shown.joined() + Self.body(of: question)
        + "\n\nAnswer with the letter of the right choice and nothing else: "
        + "\(letters.dropLast().joined(separator: ", ")) or \(letters.last ?? "").\nAnswer:"
    }
  }

  /// What follows the prompt for each choice, in the order of the choices.
  package func continuations(for question: LetterQuestion) -> [String] {
    Self.letters(of: question).map { style == .raw ? " " + $0 : $0 }
  }

  private static func body(of question: LetterQuestion) -> String {
    question.question
      + zip(letters(of: question), question.choices).map { "\n\($0). \($1)" }.joined()
  }

  private static func letters(of question: LetterQuestion) -> [String] {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ".prefix(question.choices.count).map(String.init)
  }
}
