import PrismEvaluation
import Testing

@Suite("Holm and Wilson")
struct HolmAndWilsonTests {
  @Test func holmMatchesClosedTesting() throws {
    let cases = try StatisticsFixture.load().holm
    #expect(cases.count == 4)
    for example in cases {
      let found = try HolmCorrection.adjusted(example.pValues)
      #expect(found.count == example.adjusted.count)
      for (value, reference) in zip(found, example.adjusted) {
        #expect(abs(value - reference) < 1e-12)
      }
    }
  }

  /// Sorted 0.01, 0.02, 0.6: times 3, 2, 1 is 0.03, 0.04, 0.6. Then 0.4 twice: 0.8, and 0.4 rises to
  /// the 0.8 before it. 0.9 twice: capped at 1.
  @Test func holmByHand() throws {
    #expect(try HolmCorrection.adjusted([0.6, 0.01, 0.02]) == [0.6, 0.03, 0.04])
    #expect(try HolmCorrection.adjusted([0.4, 0.4]) == [0.8, 0.8])
    #expect(try HolmCorrection.adjusted([0.9, 0.9]) == [1, 1])
    #expect(try HolmCorrection.adjusted([]) == [])
    #expect(try HolmCorrection.adjusted([0, 1]) == [0, 1])
  }

  @Test func wilsonMatchesScipy() throws {
    let cases = try StatisticsFixture.load().wilson
    #expect(cases.count == 21)
    for example in cases {
      let found = try ConfidenceInterval.wilson(
        successes: example.successes, of: example.count, level: example.level)
      #expect(abs(found.low - example.low) < 1e-10, "\(example)")
      #expect(abs(found.high - example.high) < 1e-10, "\(example)")
    }
  }

  /// No success in n: high is z^2 / (n + z^2). For n = 10 and z = 1.959964 (z^2 = 3.841459):
  /// 3.841459 / 13.841459 = 0.277533.
  @Test func wilsonByHand() throws {
    #expect(abs(ConfidenceInterval.twoSidedNormal(level: 0.95) - 1.959963984540054) < 1e-14)
    let none = try ConfidenceInterval.wilson(successes: 0, of: 10)
    #expect(none.low == 0 && abs(none.high - 0.277533) < 1e-6)
    let all = try ConfidenceInterval.wilson(successes: 10, of: 10)
    #expect(all.high == 1 && abs(all.low - (1 - none.high)) < 1e-15)
  }
}
