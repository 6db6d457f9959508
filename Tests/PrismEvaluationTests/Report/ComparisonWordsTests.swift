import Foundation
import PrismEvaluation
import Testing

@Suite("What a comparison supports")
struct ComparisonWordsTests {
  private func words(
    _ low: Double, _ high: Double, up: Bool = true, p: Double = 0.01
  ) -> ComparisonWords {
    ComparisonWords(
      StrategyComparison(
        benchmark: "mmlu", category: "all", strategy: "prism", difference: (low + high) / 2,
        low: low, high: high, pValue: p, count: 200),
      scale: ScoreScale(metric: .accuracy, minimum: 0, maximum: 1, higherIsBetter: up))
  }

  @Test(
    "an interval that reaches zero supports nothing",
    arguments: [
      (0.01, 0.03, true, ComparisonWords.Finding.better), (0.01, 0.03, false, .worse),
      (-0.03, -0.01, true, .worse), (-0.03, -0.01, false, .better),
      (-0.01, 0.03, true, .notSupported), (-0.03, 0.01, false, .notSupported),
      (0, 0.03, true, .notSupported), (-0.03, 0, true, .notSupported), (0, 0, true, .notSupported),
      (-0.03, -0.0, false, .notSupported),
    ])
  func finding(low: Double, high: Double, up: Bool, expected: ComparisonWords.Finding) {
    #expect(words(low, high, up: up).finding == expected)
  }

  // Three items that changed one way: no resample reaches zero, and McNemar's p is 0.25.
  @Test("nor does an interval alone, where p says that it may be chance")
  func pValue() {
    #expect(words(0.005, 0.03, p: 0.25).finding == .notSupported)
    #expect(words(0.005, 0.03, p: 0.05).finding == .notSupported)
    #expect(words(0.005, 0.03, p: 0.049).finding == .better)
  }

  @Test("the line holds difference, interval, p and items")
  func line() {
    #expect(
      words(-0.012, 0.01, p: 0.2).line.html
        == "<strong><bdi>prism</bdi></strong> on <bdi>mmlu</bdi>: \u{2212}0.1 points (\u{2212}1.2 to +1.0; p\u{A0}=\u{A0}0.20; 200 items)"
    )
  }

  @Test("the report says so for each such interval, and only for those")
  func report() throws {
    var content = ReportContent(title: "t")
    var evaluation = ReportExample.evaluation
    evaluation.comparisons = [words(-0.01, 0.02).comparison, words(0.01, 0.02).comparison]
    content.evaluation = evaluation
    let html = try ReportWriter.html(content)
    let supported = try #require(html.range(of: "Better than base</strong>"))
    let open = try #require(
      html.range(of: "The numbers do not support a difference from base</strong>"))
    #expect(html[supported.upperBound..<open.lowerBound].contains("(+1.0 to +2.0;"))
    #expect(html[open.upperBound...].contains("(\u{2212}1.0 to +2.0;"))
    #expect(!html[open.upperBound...].contains("(+1.0 to +2.0;"))
    #expect(!html.contains("Worse than base</strong>"))
  }
}
