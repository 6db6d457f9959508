/// Everything that decides the numbers of an evaluation besides model and bundle.
public struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// Names of `BenchmarkCatalogue`, in the order of the report.
  public var benchmarks: [String] = ["mmlu", "mt-bench", "harmbench"]
  /// Names that `EvaluationStrategy` reads; base is one of them.
  public var strategies: [String] = ["base", "expert", "adapter", "random-gate", "prism"]
  /// Items a benchmark at most, stratified by category; absent: all.
  public var limit: Int?
  /// Seeds the choice of items, the random gate and the bootstrap.
  public var seed: UInt64 = 0
  /// Worked examples before an MMLU question: 0 or 5. The paper's code shows none.
  public var shots = 0
  /// Raw text as the paper's code asks, or the model's chat template.
  public var promptStyle = PromptStyle.raw
  /// Tokens of an answer at most, where that is less than the benchmark's own limit.
  public var maximumTokens = 1024
  /// Pairs of item and condition that are answered before they are written down: what a power cut costs.
  public var unitItems = 256

  public enum PromptStyle: String, Codable, Hashable, Sendable, CaseIterable { case raw, chat }

  public init() {}

  /// The strategies, in order. Throws `EvaluationError` for everything that is out of range.
  package func resolvedStrategies() throws -> [EvaluationStrategy] {
    try validate()
    return try strategies.map { try EvaluationStrategy(named: $0) }
  }

  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: String, _ allowed: String) throws {
      guard holds else {
        throw EvaluationError.setting(name: name, value: value, allowed: allowed)
      }
    }
    try check(!benchmarks.isEmpty, "benchmarks", "empty", "at least one")
    try check(
      Set(benchmarks).count == benchmarks.count, "benchmarks", benchmarks.joined(separator: ","),
      "each name once")
    try check(!strategies.isEmpty, "strategies", "empty", "at least one")
    try check(
      Set(strategies).count == strategies.count, "strategies", strategies.joined(separator: ","),
      "each name once")
    try check(limit.map { $0 >= 1 } ?? true, "limit", "\(limit ?? 0)", "1 or more")
    try check(shots == 0 || shots == 5, "shots", "\(shots)", "0 or 5")
    try check(
      (1...32768).contains(maximumTokens), "maximumTokens", "\(maximumTokens)", "1 to 32768")
    try check((1...10000).contains(unitItems), "unitItems", "\(unitItems)", "1 to 10000")
    try check(
      strategies.contains(EvaluationStrategy.base.name), "strategies",
      strategies.joined(separator: ","), "base among them, with which all others are compared")
    for name in benchmarks { _ = try BenchmarkCatalogue.benchmark(named: name) }
    for name in strategies { _ = try EvaluationStrategy(named: name) }
  }
}
