/// What a comparison with base does and does not show, as a sentence.
package struct ComparisonWords: Hashable, Sendable {
  /// What interval and p say together.
  package enum Finding: Hashable, Sendable { case better, worse, notSupported }

  package let comparison: StrategyComparison
  private let text: ScoreText

  package init(_ comparison: StrategyComparison, scale: ScoreScale?) {
    self.comparison = comparison
    text = ScoreText(scale)
  }

  package var finding: Finding {
    guard comparison.isSupported else { return .notSupported }
    return (comparison.difference > 0) == text.higherIsBetter ? .better : .worse
  }

  /// Strategy, place, difference, interval, p and items on one line.
  package var line: ReportMarkup {
    let place: ReportMarkup =
      comparison.category == EvaluationResults.allCategories
      ? "\(run: comparison.benchmark)"
      : "\(run: comparison.benchmark), \(run: comparison.category)"
    return
      "<strong>\(run: comparison.strategy)</strong> on \(place): \(text.difference(comparison.difference)) (\(text.signedInterval(comparison.low, comparison.high)); p\u{A0}\(ReportNumber.pValue(comparison.pValue)); \(ReportNumber.counted(comparison.count, "item")))"
  }
}

extension ComparisonWords.Finding {
  /// What all comparisons with this finding have in common, above their list.
  package func words(_ count: Int) -> ReportMarkup {
    switch self {
    case .better:
      "<strong>Better than base</strong>; the 95\u{A0}% interval does not reach zero, and p is under 0.05:"
    case .worse:
      "<strong>Worse than base</strong>; the 95\u{A0}% interval does not reach zero, and p is under 0.05:"
    case .notSupported:
      count == 1
        ? "<strong>The numbers do not support a difference from base</strong>; the 95\u{A0}% interval reaches zero, or p is 0.05 or more:"
        : "<strong>The numbers do not support a difference from base</strong> in these \(ReportNumber.count(count)) comparisons; each 95\u{A0}% interval reaches zero, or p is 0.05 or more:"
    }
  }
}
