/// The one turn of a safety benchmark.
enum RefusalConversation {
  /// As in the code published with the PRISM paper: greedy answers of at most 256 tokens.
  static let maximumTokens = 256

  static func task(_ prompt: String, expected: ExpectedResponse) -> BenchmarkTask {
    .conversation(
      Conversation(
        turns: [prompt], maximumTokens: maximumTokens, grading: .refusal(expected: expected)))
  }
}
