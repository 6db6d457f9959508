import PrismEvaluation
import Testing

@Suite("Bootstrap by hand")
struct BootstrapTests {
  @Test func defaults() {
    let settings = BootstrapSettings()
    #expect(settings.resamples == 10_000 && settings.level == 0.95 && settings.seed == 0)
  }

  @Test func oneItemIsAPoint() throws {
    let found = try Bootstrap.mean([7.3])
    #expect(found.mean == 7.3 && found.count == 1)
    #expect(found.interval == ConfidenceInterval(low: 7.3, high: 7.3, level: 0.95))
  }

  /// Ten times 0.1 does not add up to 1 in binary; the interval must still be the point.
  @Test func equalItemsAreAPoint() throws {
    for count in 2...30 {
      let values = [Double](repeating: 0.1, count: count)
      let found = try Bootstrap.mean(values, settings: BootstrapSettings(resamples: 20))
      #expect(found.interval.low == found.mean && found.interval.high == found.mean)
    }
    let macro = try Bootstrap.macroMean(["a": [0.1, 0.1, 0.1], "b": [0.7], "c": [0.2, 0.2]])
    #expect(macro.estimate.interval.low == macro.estimate.mean)
    #expect(macro.estimate.interval.high == macro.estimate.mean)
  }

  /// Two items 0 and 1: a resample's mean is 0, 1/2 or 1 with chances 1/4, 1/2, 1/4. The middle 40 %
  /// ends at the quantiles 0.3 and 0.7, both 1/2; the middle 95 % at 0 and 1. For a quantile to miss,
  /// 10,000 draws would have to be off by 0.05, eleven deviations.
  @Test func twoItemsTakeThreeMeans() throws {
    let narrow = try Bootstrap.mean([0, 1], settings: BootstrapSettings(level: 0.4)).interval
    #expect(narrow == ConfidenceInterval(low: 0.5, high: 0.5, level: 0.4))
    let wide = try Bootstrap.mean([0, 1]).interval
    #expect(wide == ConfidenceInterval(low: 0, high: 1, level: 0.95))
  }

  /// Category means 1/4 and 3: macro mean 13/8, though the mean over all six items is 7/6.
  @Test func everyCategoryWeighsTheSame() throws {
    let found = try Bootstrap.macroMean(["many": [0, 0, 0, 1], "few": [2, 4]])
    #expect(found.estimate.mean == 1.625 && found.estimate.count == 6)
    #expect(found.categories.map(\.name) == ["few", "many"])
    #expect(found.categories.map(\.mean) == [3, 0.25])
    #expect(found.categories.map(\.count) == [2, 4])
  }

  /// 0 and 100 differ between the categories only: resampling inside them leaves a point, while one
  /// that mixed them would reach from 0 to 100.
  @Test func resamplesStayInsideTheirCategory() throws {
    let found = try Bootstrap.macroMean(["low": [0, 0], "high": [100, 100]]).estimate
    #expect(found.mean == 50)
    #expect(found.interval.low == 50 && found.interval.high == 50)
  }

  /// Differences are always 1 while the scores spread widely: pairs leave a point, and p is the
  /// least there is, 2 * (1 + 0) / (999 + 1).
  @Test func pairsAreDrawnWhole() throws {
    let base = (0..<20).map { Double($0 * $0) }
    let settings = BootstrapSettings(resamples: 999)
    let found = try Bootstrap.difference(base.map { $0 + 1 }, minus: base, settings: settings)
    #expect(found.difference == 1 && found.interval.low == 1 && found.interval.high == 1)
    #expect(found.pValue == 0.002 && !found.interval.includesZero)
    let swapped = try Bootstrap.difference(base, minus: base.map { $0 + 1 }, settings: settings)
    #expect(swapped.difference == -1 && swapped.pValue == 0.002)
  }

  @Test func equalScoresDifferInNothing() throws {
    let found = try Bootstrap.difference([1, 2, 3], minus: [1, 2, 3])
    #expect(found.difference == 0 && found.pValue == 1 && found.interval.includesZero)
  }

  /// Differences 1, 1, 1, -1 (k draws of the last): the sum 4 - 2k is at most 0 for k >= 2, with
  /// chance (54 + 12 + 1) / 256 = 0.2617; p = 0.523. Its deviation over 10,000 is 0.0088.
  @Test func fourPairsByHand() throws {
    let found = try Bootstrap.difference([1, 1, 1, 0], minus: [0, 0, 0, 1])
    #expect(found.difference == 0.5)
    #expect(abs(found.pValue - 2 * 67.0 / 256) < 0.045)
  }

  /// Resampling pairs that all agree in sign never crosses zero; signs alone give 2^(1 - pairs).
  @Test(arguments: [(1, 1.0), (2, 0.5), (3, 0.25), (6, 0.03125)])
  func fewPairsProveLittle(_ count: Int, _ pValue: Double) throws {
    let ones = [Double](repeating: 1, count: count)
    let found = try Bootstrap.difference(ones, minus: ones.map { $0 - 1 })
    #expect(found.pValue == pValue)
  }

  /// Category differences 1 and 0, 0, 0: macro difference 1/2.
  @Test func macroDifferencePairsByCategory() throws {
    let found = try Bootstrap.macroDifference(
      ["a": [5], "b": [1, 2, 9]], minus: ["b": [1, 2, 9], "a": [4]])
    #expect(found.difference == 0.5 && found.count == 4)
    #expect(found.interval.low == 0.5 && found.interval.high == 0.5)
  }

  @Test func sameSeedSameBits() throws {
    let values = (0..<50).map { Double($0 * 7 % 11) }
    func interval(_ seed: UInt64) throws -> ConfidenceInterval {
      try Bootstrap.mean(values, settings: BootstrapSettings(resamples: 500, seed: seed)).interval
    }
    #expect(try interval(3) == interval(3))
    #expect(try Set((0..<8).map { try interval($0) }).count > 1)
    // A dictionary's order differs from one to the next; the draws must not follow it.
    let names = (0..<12).map { "category \($0)" }
    func macro(_ names: [String]) throws -> MacroEstimate {
      var categories: [String: [Double]] = [:]
      for name in names { categories[name] = values.map { $0 * Double(name.utf8.count) } }
      return try Bootstrap.macroMean(categories, settings: BootstrapSettings(resamples: 50))
    }
    #expect(try macro(names) == macro(names.reversed()))
  }
}
