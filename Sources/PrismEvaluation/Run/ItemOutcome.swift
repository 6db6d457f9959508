/// What one item was answered with under one condition, before anybody judged it.
package struct ItemOutcome: Codable, Hashable, Sendable {
  package let benchmark: String
  package let item: String
  /// Name of the condition.
  package let condition: String
  /// Generated answers, turn by turn; empty where log-probabilities are read.
  package let answers: [String]
  /// Natural-log probabilities: of each letter, or of each correct and then each incorrect answer.
  package let logProbabilities: [Double]
  /// The gate's probability of the adapter on the item's first prompt; with the base condition only.
  package let gateProbability: Float?
  /// Tokens read and written, over all turns.
  package let promptTokens: Int
  package let generatedTokens: Int
  /// The unit's time shared evenly among its items.
  package let seconds: Double

  package init(
    benchmark: String, item: String, condition: String, answers: [String],
    logProbabilities: [Double], gateProbability: Float?, promptTokens: Int, generatedTokens: Int,
    seconds: Double
  ) {
    self.benchmark = benchmark
    self.item = item
    self.condition = condition
    self.answers = answers
    self.logProbabilities = logProbabilities
    self.gateProbability = gateProbability
    self.promptTokens = promptTokens
    self.generatedTokens = generatedTokens
    self.seconds = seconds
  }
}

/// One item of one benchmark under one condition.
package struct EvaluationTask: Hashable, Sendable {
  package let benchmark: String
  package let item: BenchmarkItem
  package let condition: AnswerCondition
  /// Worked examples of the item's subject.
  package let examples: [LetterQuestion]
}
