/// How bootstrap intervals are drawn. Equal settings and equal values give equal bits.
package struct BootstrapSettings: Codable, Hashable, Sendable {
  package static let resampleRange = 1...10_000_000

  /// In `resampleRange`.
  package var resamples: Int
  /// More than 0 and less than 1.
  package var level: Double
  /// Two strategies measured with one seed on the same items see the same resamples.
  package var seed: UInt64

  package init(resamples: Int = 10_000, level: Double = 0.95, seed: UInt64 = 0) {
    self.resamples = resamples
    self.level = level
    self.seed = seed
  }

  func validate() throws {
    guard Self.resampleRange.contains(resamples) else {
      throw EvaluationError.statisticSetting(
        name: "the number of bootstrap resamples", value: "\(resamples)",
        expected: "\(Self.resampleRange.lowerBound) to \(Self.resampleRange.upperBound)")
    }
    try StatisticInput.checkLevel(level)
  }
}
