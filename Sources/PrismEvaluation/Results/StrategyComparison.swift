/// One strategy against base on the same items. Differences are strategy minus base.
public struct StrategyComparison: Codable, Hashable, Sendable {
  public var benchmark: String
  public var category: String
  public var strategy: String
  /// In the unit of the benchmark's score, with its 95 % interval.
  public var difference: Double
  public var low: Double
  public var high: Double
  /// McNemar's exact test for scores of 0 and 1, otherwise the paired bootstrap's two-sided p.
  public var pValue: Double
  /// Items that both strategies were scored on.
  public var count: Int

  package init(
    benchmark: String, category: String, strategy: String, difference: Double, low: Double,
    high: Double, pValue: Double, count: Int
  ) {
    self.benchmark = benchmark
    self.category = category
    self.strategy = strategy
    self.difference = difference
    self.low = low
    self.high = high
    self.pValue = pValue
    self.count = count
  }

  /// Whether the numbers support a difference: its interval leaves zero out and p is under 0.05. For scores of
  /// 0 and 1 the two can disagree, as one resamples items and the other counts those that changed.
  public var isSupported: Bool { (low > 0 || high < 0) && pValue < 0.05 }
}
