/// What is asked and how an output is scored.
public enum BenchmarkTask: Codable, Hashable, Sendable {
  /// One prefill, one log-probability a letter.
  case letters(LetterQuestion)
  /// Whole answers compared by their log-likelihood after the question.
  case answers(AnswerSet)
  /// One or more turns that are answered by generation.
  case conversation(Conversation)
}
