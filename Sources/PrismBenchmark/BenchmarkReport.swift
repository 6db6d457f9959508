/// What a benchmark found. Rates are tokens a second unless their name says otherwise.
package struct BenchmarkReport: Hashable, Sendable {
  package struct Ceiling: Hashable, Sendable, Encodable {
    /// 1e9 operations a second of a product that stays in the caches; absent without bf16.
    package let bf16GFLOPS: Double?
    package let fp32GFLOPS: Double
    /// 1e9 bytes a second read by all threads from memory that no cache holds.
    package let readGBps: Double
  }

  /// What a figure is made of; medians.
  package struct Detail: Hashable, Sendable, Encodable {
    package let unit: String
    /// One value a round.
    package let rounds: [Double]
    package let tokensPerSecond: Double?
    /// Arithmetic by the formulas of `ModelWork` and `TrainingWork`.
    package let gflops: Double?
    /// Bytes of packed weights read.
    package let gbps: Double?
    /// Of the ceiling that is nearer, as measured just before and after; 1 is all of it.
    package let shareOfCeiling: Double?
    package let ceiling: Bound?
  }

  /// The ceiling a figure is held against.
  package enum Bound: String, Hashable, Sendable, Encodable {
    case arithmetic
    case memory
  }

  /// What was measured, in order.
  package let keys: [BenchmarkKey]
  package let values: [BenchmarkKey: Double]
  package let details: [BenchmarkKey: Detail]
  package let ceiling: Ceiling
  /// From opening the model's file to packed weights, and to the first token after 32 prompt tokens.
  package let loadSeconds: Double
  package let timeToFirstToken: Double
  /// The most memory the process held, without the buffer of the memory reads.
  package let peakResidentBytes: Int?
  package let model: String
  package let weights: String
  package let threads: Int
  package let rounds: Int
  package let cpu: String?
  /// ISO 8601, in UTC.
  package let date: String
}

extension BenchmarkReport: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Every standard key is always there: what was not measured is null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for key in Set(BenchmarkKey.standard).union(keys) {
      try container.encode(values[key], forKey: Key(key.name))
    }
    try container.encode(ceiling, forKey: Key("ceiling"))
    try container.encode(loadSeconds, forKey: Key("loadSeconds"))
    try container.encode(timeToFirstToken, forKey: Key("timeToFirstToken"))
    try container.encode(peakResidentBytes, forKey: Key("peakResidentBytes"))
    try container.encode(model, forKey: Key("model"))
    try container.encode(weights, forKey: Key("weights"))
    try container.encode(threads, forKey: Key("threads"))
    try container.encode(rounds, forKey: Key("rounds"))
    try container.encode(cpu, forKey: Key("cpu"))
    try container.encode(date, forKey: Key("date"))
    let named = Dictionary(uniqueKeysWithValues: details.map { ($0.key.name, $0.value) })
    try container.encode(named, forKey: Key("details"))
  }
}
