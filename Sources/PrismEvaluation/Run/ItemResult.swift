package import PrismModel

/// One line of `items.jsonl`: how one strategy fared on one item.
package struct ItemResult: Codable, Hashable, Sendable {
  package let benchmark: String
  package let category: String
  package let domain: String
  package let item: String
  package let strategy: String
  /// Conditions whose answers were taken; more than one is averaged.
  package let conditions: [String]
  /// In the benchmark's unit; null where it could not be read.
  package let score: Double?
  package let others: [String: Double?]
  package let gateProbability: Float?
  /// The weights that answered; null where several conditions are averaged.
  package let route: Route?
  package let promptTokens: Double
  package let generatedTokens: Double
  package let seconds: Double

  package init(
    benchmark: String, category: String, domain: String, item: String, strategy: String,
    conditions: [String], score: Double?, others: [String: Double?], gateProbability: Float?,
    route: Route?, promptTokens: Double, generatedTokens: Double, seconds: Double
  ) {
    self.benchmark = benchmark
    self.category = category
    self.domain = domain
    self.item = item
    self.strategy = strategy
    self.conditions = conditions
    self.score = score
    self.others = others
    self.gateProbability = gateProbability
    self.route = route
    self.promptTokens = promptTokens
    self.generatedTokens = generatedTokens
    self.seconds = seconds
  }
}
