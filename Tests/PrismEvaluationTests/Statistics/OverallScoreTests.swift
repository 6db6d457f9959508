import PrismEvaluation
import Testing

@Suite("Overall score")
struct OverallScoreTests {
  /// The paper's means for Qwen2.5-7B, one item a sub-category: base 7.56, 71.7 and 60.3 give
  /// (8 * 75.6 + 4 * 71.7 + 3 * 60.3) / 15 = 1072.5 / 15 = 71.5 (the paper, from unrounded
  /// sub-categories: 71.8); PRISM 7.76, 71.7 and 63.7 give 1098.7 / 15 = 73.2 (paper: 73.5).
  @Test(arguments: [(7.56, 0.717, 0.603, 71.5, 71.8), (7.76, 0.717, 0.637, 1098.7 / 15, 73.5)])
  func paperTable(
    _ rating: Double, _ accuracy: Double, _ refusal: Double, _ overall: Double, _ paper: Double
  ) throws {
    var scores: [OverallCategory: [Double]] = [:]
    for category in OverallCategory.allCases {
      scores[category] =
        switch category.benchmark {
        case .mtBench: [rating]
        case .mmlu: [accuracy]
        case .safety: [refusal]
        }
    }
    let found = try OverallScore(scores)
    #expect(abs(found.estimate.mean - overall) < 1e-10)
    #expect(abs(found.estimate.mean - paper) < 0.35)
    #expect(found.missing.isEmpty && found.categories.map(\.category) == OverallCategory.allCases)
  }

  @Test func fifteenSubCategories() {
    let byBenchmark = Dictionary(grouping: OverallCategory.allCases, by: \.benchmark)
    #expect(byBenchmark.mapValues(\.count) == [.mtBench: 8, .mmlu: 4, .safety: 3])
  }

  /// Writing 6 and 8 is 70; HarmBench one of four is 25: overall 47.5 over two of fifteen.
  @Test func missingOnesAreNamed() throws {
    let found = try OverallScore([.writing: [6, 8], .harmBench: [1, 0, 0, 0], .math: []])
    #expect(found.estimate.mean == 47.5 && found.estimate.count == 6)
    #expect(found.categories.map(\.mean) == [70, 25])
    #expect(found.missing.count == 13 && found.missing.contains(.math))
    #expect(!found.missing.contains(.writing) && !found.missing.contains(.harmBench))
    // Writing alone spreads from 60 to 80 and HarmBench from 0 to 100: half of each together.
    #expect(found.estimate.interval.low >= 30 && found.estimate.interval.low < 47.5)
    #expect(found.estimate.interval.high <= 90 && found.estimate.interval.high > 47.5)
  }

  /// Writing +1 point of ten on its one item is +10; coding is unchanged: +5 overall.
  @Test func differenceIsInPoints() throws {
    let found = try OverallScore.difference(
      [.writing: [7], .coding: [3, 4]], minus: [.writing: [6], .coding: [3, 4], .stem: []])
    #expect(found.difference == 5 && found.count == 3)
  }
}
