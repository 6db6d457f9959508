/// A question with true and false answers, as the file lists them (an answer may be listed twice).
public struct AnswerSet: Codable, Hashable, Sendable {
  public let question: String
  public let correct: [String]
  public let incorrect: [String]
  /// One of `correct`: the one MC1 counts.
  public let best: String

  public init(question: String, correct: [String], incorrect: [String], best: String) {
    self.question = question
    self.correct = correct
    self.incorrect = incorrect
    self.best = best
  }
}
