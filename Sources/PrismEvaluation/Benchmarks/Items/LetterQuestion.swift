/// A question whose answer is one of a few lettered choices.
public struct LetterQuestion: Codable, Hashable, Sendable {
  public let question: String
  /// In the order of their letters, A first; at most 26.
  public let choices: [String]
  /// Index into `choices`.
  public let answer: Int
  /// The subject's name in the files, such as "high_school_geography".
  public let subject: String

  public init(question: String, choices: [String], answer: Int, subject: String) {
    self.question = question
    self.choices = choices
    self.answer = answer
    self.subject = subject
  }
}
