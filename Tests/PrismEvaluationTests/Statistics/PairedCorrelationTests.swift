import PrismEvaluation
import Testing

@Suite("Correlation of pairs")
struct PairedCorrelationTests {
  private func value(_ estimate: CorrelationEstimate) throws -> Double {
    guard case .value(let coefficient, _) = estimate else {
      Issue.record("\(estimate)")
      return .nan
    }
    return coefficient
  }

  @Test func matchesScipy() throws {
    let cases = try StatisticsFixture.load().correlations
    #expect(cases.count >= 6)
    for example in cases {
      let pearson = try PairedCorrelation.pearson(example.first, example.second)
      let spearman = try PairedCorrelation.spearman(example.first, example.second)
      #expect(abs(try value(pearson) - example.pearson) < 1e-10, "\(example.name)")
      #expect(abs(try value(spearman) - example.spearman) < 1e-10, "\(example.name)")
      #expect(pearson.count == example.first.count && spearman.count == example.first.count)
      #expect(PairedCorrelation.ranks(example.first) == example.ranks, "\(example.name)")
    }
  }

  /// Deviations -1, 0, 1 and -2, 1, 1: 3 / sqrt(2 * 6) = sqrt(3) / 2. Ranks 1, 2, 3 and 1, 2.5, 2.5
  /// give deviations -1, 0, 1 and -1, 1/2, 1/2: 1.5 / sqrt(2 * 1.5) = sqrt(3) / 2 as well.
  @Test func threePairsByHand() throws {
    let expected = Double(3).squareRoot() / 2
    #expect(abs(try value(PairedCorrelation.pearson([1, 2, 3], [0, 3, 3])) - expected) < 1e-15)
    #expect(abs(try value(PairedCorrelation.spearman([1, 2, 3], [0, 3, 3])) - expected) < 1e-15)
    #expect(try value(PairedCorrelation.spearman([1, 2, 3], [1, 10, 1000])) == 1)
    #expect(PairedCorrelation.ranks([5, 1, 5, 5, 0]) == [4, 2, 4, 4, 1])
  }

  /// Three times 0.1 has a mean beside 0.1: a variance above 0 must not count as variation.
  @Test func constantsHaveNoCorrelation() throws {
    let (same, rising) = ([0.1, 0.1, 0.1], [1.0, 2, 3])
    let cases: [([Double], [Double], CorrelationEstimate.Gap)] = [
      (same, rising, .firstIsConstant), (rising, same, .secondIsConstant),
      (same, same, .bothAreConstant), ([1], [2], .fewerThanTwoPairs), ([], [], .fewerThanTwoPairs),
    ]
    for (first, second, gap) in cases {
      let expected = CorrelationEstimate.undefined(gap: gap, count: first.count)
      #expect(try PairedCorrelation.pearson(first, second) == expected)
      #expect(try PairedCorrelation.spearman(first, second) == expected)
    }
  }

  /// 1, 1 and the next number up have deviations of a third and two thirds of the last bit, less
  /// than the mean can express: with 1, 2, 3, r = 1 / sqrt(2/3 * 2) = sqrt(3) / 2.
  @Test func valuesThatHardlyVary() throws {
    let r = try value(PairedCorrelation.pearson([1, 1, Double(1).nextUp], [1, 2, 3]))
    #expect(abs(r - Double(3).squareRoot() / 2) < 1e-15)
  }
}
