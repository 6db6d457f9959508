import PrismEvaluation
import PrismTensor
import Testing

/// Intervals against numpy with the same draws, and against scipy with draws of its own.
@Suite("Bootstrap beside numpy and scipy")
struct BootstrapParityTests {
  /// With the same draws only the order of additions differs: 1e-12 on numbers below 100.
  private func expectSame(_ found: ConfidenceInterval, _ reference: StatisticsFixture.Interval) {
    #expect(abs(found.low - reference.low) < 1e-12)
    #expect(abs(found.high - reference.high) < 1e-12)
  }

  /// A 2.5 % quantile of 10,000 resamples has a standard error of 0.027 of the mean's standard error
  /// (sqrt(0.025 * 0.975 / 10,000) over the normal density 0.0584), with scipy's 100,000 together
  /// 0.028. 0.15 is more than five of these, plus one step where means are coarse.
  private func expectNear(_ found: ConfidenceInterval, _ reference: StatisticsFixture.Interval) {
    let tolerance = 0.15 * reference.standardError + reference.step + 1e-12
    #expect(abs(found.low - reference.scipyLow) < tolerance)
    #expect(abs(found.high - reference.scipyHigh) < tolerance)
  }

  private func same(_ reference: StatisticsFixture.Interval) -> BootstrapSettings {
    BootstrapSettings(resamples: reference.resamples, seed: reference.seed)
  }

  @Test func drawsAreSplitMix64() throws {
    for example in try StatisticsFixture.load().draws {
      var generator = SeededGenerator(seed: try #require(UInt64(example.seed)))
      let found = example.indices.map { _ in generator.index(below: example.below) }
      #expect(found == example.indices, "seed \(example.seed)")
    }
  }

  @Test func means() throws {
    let cases = try StatisticsFixture.load().means
    #expect(cases.count == 5)
    for example in cases {
      let (values, mean) = (example.case.values, example.case.mean)
      let found = try Bootstrap.mean(values, settings: same(example.interval))
      #expect(abs(found.mean - mean) < 1e-12 && found.count == values.count)
      expectSame(found.interval, example.interval)
      expectNear(try Bootstrap.mean(values).interval, example.interval)
    }
  }

  @Test func macroMeans() throws {
    for example in try StatisticsFixture.load().macroMeans {
      let categories = example.case.categories
      let found = try Bootstrap.macroMean(categories, settings: same(example.interval))
      #expect(abs(found.estimate.mean - example.case.mean) < 1e-12)
      #expect(found.estimate.count == categories.reduce(0) { $0 + $1.value.count })
      expectSame(found.estimate.interval, example.interval)
      expectNear(try Bootstrap.macroMean(categories).estimate.interval, example.interval)
    }
  }

  @Test func differences() throws {
    for example in try StatisticsFixture.load().differences {
      let (strategy, base) = (example.case.strategy, example.case.base)
      let found = try Bootstrap.difference(strategy, minus: base, settings: same(example.interval))
      #expect(abs(found.difference - example.case.difference) < 1e-12)
      #expect(abs(found.pValue - example.case.pValue) < 1e-12, "\(example.case.name)")
      #expect(found.count == base.count)
      expectSame(found.interval, example.interval)
      expectNear(try Bootstrap.difference(strategy, minus: base).interval, example.interval)
    }
  }

  @Test func overall() throws {
    let example = try StatisticsFixture.load().overall
    let scores = try Dictionary(
      uniqueKeysWithValues: example.case.scores.map {
        (try #require(OverallCategory(rawValue: $0)), $1)
      })
    let found = try OverallScore(scores, settings: same(example.interval))
    #expect(found.missing.isEmpty)
    #expect(abs(found.estimate.mean - example.case.mean) < 1e-11)
    #expect(abs(found.estimate.interval.low - example.interval.low) < 1e-11)
    #expect(abs(found.estimate.interval.high - example.interval.high) < 1e-11)
    expectNear(try OverallScore(scores).estimate.interval, example.interval)
  }
}
