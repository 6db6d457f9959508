/// Where the numbers come from.
public struct EvaluationProvenance: Codable, Hashable, Sendable {
  /// The model as it was named on the command line.
  public var model: String
  /// Hash over the model's files.
  public var modelFingerprint: String
  /// Adapter and gate; absent where no strategy needed them.
  public var bundle: String?
  /// The gate's, where there is one.
  public var threshold: Double?
  public var judge: String
  public var seed: UInt64
  /// Items a benchmark at most, stratified by category; absent: all.
  public var limit: Int?
  /// Names in the order they were asked for, which is the order the report shows.
  public var benchmarks: [String]
  public var strategies: [String]
  /// Raw or chat, worked examples, tokens of an answer at most and the format of the weights; absent in
  /// results of versions that did not keep them.
  public var promptStyle: String?
  public var shots: Int?
  public var maximumTokens: Int?
  public var weights: String?
  /// The run of `prism distill` that fine-tuned learned from.
  public var run: String?
  /// ISO 8601, in UTC.
  public var createdAt: String
  public var prismVersion: String

  package init(
    model: String, modelFingerprint: String, bundle: String? = nil, threshold: Double? = nil,
    judge: String, seed: UInt64,
    limit: Int? = nil, benchmarks: [String], strategies: [String], promptStyle: String? = nil,
    shots: Int? = nil, maximumTokens: Int? = nil, weights: String? = nil, run: String? = nil,
    createdAt: String, prismVersion: String
  ) {
    self.model = model
    self.modelFingerprint = modelFingerprint
    self.bundle = bundle
    self.threshold = threshold
    self.judge = judge
    self.seed = seed
    self.limit = limit
    self.benchmarks = benchmarks
    self.strategies = strategies
    self.promptStyle = promptStyle
    self.shots = shots
    self.maximumTokens = maximumTokens
    self.weights = weights
    self.run = run
    self.createdAt = createdAt
    self.prismVersion = prismVersion
  }
}
