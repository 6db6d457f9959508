import PrismPipeline
import Testing

@Suite("Correlation of pairs")
struct CorrelationTests {
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
      let pairs = Array(zip(example.first, example.second))
      let pearson = Correlation.pearson(pairs)
      let spearman = Correlation.spearman(pairs)
      #expect(abs(try value(pearson) - example.pearson) < 1e-10, "\(example.name)")
      #expect(abs(try value(spearman) - example.spearman) < 1e-10, "\(example.name)")
      #expect(pearson.count == example.first.count && spearman.count == example.first.count)
      #expect(Correlation.ranks(example.first) == example.ranks, "\(example.name)")
    }
  }

  /// Deviations -1, 0, 1 and -2, 1, 1: 3 / sqrt(2 * 6) = sqrt(3) / 2. Ranks 1, 2, 3 and 1, 2.5, 2.5
  /// give deviations -1, 0, 1 and -1, 1/2, 1/2: 1.5 / sqrt(2 * 1.5) = sqrt(3) / 2 as well.
  @Test func threePairsByHand() throws {
    let expected = Double(3).squareRoot() / 2
    #expect(abs(try value(Correlation.pearson([(1, 0), (2, 3), (3, 3)])) - expected) < 1e-15)
    #expect(abs(try value(Correlation.spearman([(1, 0), (2, 3), (3, 3)])) - expected) < 1e-15)
    #expect(try value(Correlation.spearman([(1, 1), (2, 10), (3, 1000)])) == 1)
    #expect(Correlation.ranks([5, 1, 5, 5, 0]) == [4, 2, 4, 4, 1])
  }

  /// Three times 0.1 has a mean beside 0.1: a variance above 0 must not count as variation.
  @Test func constantsHaveNoCorrelation() {
    let (same, rising) = ([0.1, 0.1, 0.1], [1.0, 2, 3])
    let cases: [([Double], [Double], CorrelationEstimate.Gap)] = [
      (same, rising, .firstIsConstant), (rising, same, .secondIsConstant),
      (same, same, .bothAreConstant), ([1], [2], .fewerThanTwoPairs), ([], [], .fewerThanTwoPairs),
    ]
    for (first, second, gap) in cases {
      let expected = CorrelationEstimate.undefined(gap: gap, count: first.count)
      #expect(Correlation.pearson(Array(zip(first, second))) == expected)
      #expect(Correlation.spearman(Array(zip(first, second))) == expected)
    }
  }

  /// The second would be a number if its sum did not overflow on the way.
  @Test func whatIsNoNumberHasNoCorrelation() {
    let huge = Double.greatestFiniteMagnitude
    for values in [[1, Double.nan], [1, .infinity], [huge, huge]] {
      for pairs in [Array(zip(values, [1.0, 2])), Array(zip([1.0, 2], values))] {
        let expected = CorrelationEstimate.undefined(gap: .notFinite, count: 2)
        #expect(Correlation.pearson(pairs) == expected)
        #expect(Correlation.spearman(pairs) == expected)
      }
    }
  }

  /// 1, 1 and the next number up have deviations of a third and two thirds of the last bit, less
  /// than the mean can express: with 1, 2, 3, r = 1 / sqrt(2/3 * 2) = sqrt(3) / 2.
  @Test func valuesThatHardlyVary() throws {
    let r = try value(Correlation.pearson([(1, 1), (1, 2), (Double(1).nextUp, 3)]))
    #expect(abs(r - Double(3).squareRoot() / 2) < 1e-15)
  }
}
