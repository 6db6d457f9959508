/// Comparisons with base in the order of the run's settings.
struct ReportComparisons {
  let evaluation: EvaluationResults
  /// Over whole benchmarks, and over single categories.
  let wholes: [ComparisonWords]
  let parts: [ComparisonWords]

  init(_ evaluation: EvaluationResults) {
    self.evaluation = evaluation
    let strategies = ReportOrder.names(
      listed: evaluation.settings.strategies, present: Set(evaluation.comparisons.map(\.strategy)))
    let benchmarks = ReportOrder.names(
      listed: evaluation.settings.benchmarks, present: Set(evaluation.comparisons.map(\.benchmark)))
    let sorted = evaluation.comparisons.map { comparison in
      (
        (
          benchmarks.firstIndex(of: comparison.benchmark) ?? 0, comparison.category,
          strategies.firstIndex(of: comparison.strategy) ?? 0
        ), ComparisonWords(comparison, scale: evaluation.scales[comparison.benchmark])
      )
    }.sorted { $0.0 < $1.0 }.map(\.1)
    wholes = sorted.filter { $0.comparison.category == EvaluationResults.allCategories }
    parts = sorted.filter { $0.comparison.category != EvaluationResults.allCategories }
  }

  /// Differences as shares of their scales; those without a scale are left out.
  var chart: IntervalChart? {
    let rows = wholes.compactMap { words -> IntervalChart.Row? in
      let comparison = words.comparison
      guard let scale = evaluation.scales[comparison.benchmark], scale.maximum > scale.minimum
      else { return nil }
      // Turned around where lower is better, so that right always means better.
      let factor = 100 / (scale.maximum - scale.minimum) * (scale.higherIsBetter ? 1 : -1)
      let ends = [comparison.low * factor, comparison.high * factor]
      return IntervalChart.Row(
        name: "\(comparison.benchmark), \(comparison.strategy)", low: min(ends[0], ends[1]),
        middle: comparison.difference * factor, high: max(ends[0], ends[1]),
        series: words.finding == .better ? 0 : words.finding == .worse ? 1 : 5)
    }
    guard !rows.isEmpty else { return nil }
    return IntervalChart(
      name: "Differences from base",
      summary: "Lying intervals, one a strategy and benchmark, beside the line of no difference.",
      findings: [
        .init(name: "better", series: 0), .init(name: "worse", series: 1),
        .init(name: "not supported", series: 5),
      ], rows: rows, rowLabel: "Comparison", valueLabel: "Difference from base, % of the scale")
  }
}

extension ReportSection {
  /// What the numbers support and what not, one sentence each.
  static func comparisons(_ evaluation: EvaluationResults) -> ReportSection? {
    let comparisons = ReportComparisons(evaluation)
    let all = comparisons.wholes + comparisons.parts
    guard !all.isEmpty else { return nil }
    var blocks: [ReportBlock] = []
    if let chart = comparisons.chart {
      blocks.append(
        .figure(
          ReportFigure(
            chart, id: "fig-differences",
            caption:
              "Paired item by item, with 95\u{A0}% intervals; right of the line is better than base, also where lower scores are better. An interval that reaches the line supports no difference, nor does one with a p of 0.05 or more."
          )))
    }
    blocks += findings(comparisons.wholes)
    if all.count > 5 { blocks.append(.note(chance(all))) }
    if !comparisons.parts.isEmpty {
      blocks.append(
        .fold(
          ReportFold(
            foldSummary:
              "\(ReportNumber.counted(comparisons.parts.count, "comparison")) by category",
            blocks: findings(comparisons.parts))))
    }
    return ReportSection(
      anchor: "comparisons", sectionHeading: "What the numbers support", blocks: blocks)
  }

  /// The comparisons by what they show; what they do not show comes last and is said as plainly.
  private static func findings(_ all: [ComparisonWords]) -> [ReportBlock] {
    [ComparisonWords.Finding.better, .worse, .notSupported].flatMap { finding -> [ReportBlock] in
      let lines = all.filter { $0.finding == finding }.map(\.line)
      guard !lines.isEmpty else { return [] }
      let list = ReportBlock.list(ReportItems(lines))
      let isLong = lines.count > longestList
      return [
        .paragraph(finding.words(lines.count)),
        isLong
          ? .fold(ReportFold(foldSummary: "All \(ReportNumber.count(lines.count))", blocks: [list]))
          : list,
      ]
    }
  }

  /// Longer lists are folded away below their sentence; the chart shows all rows.
  private static let longestList = 20

  private static func chance(_ all: [ComparisonWords]) -> ReportMarkup {
    let found = all.count { $0.finding != .notSupported }
    return
      "\(ReportNumber.count(found)) of \(ReportNumber.count(all.count)) comparisons support a difference. If no strategy changed anything, about \(ReportNumber.fixed(Double(all.count) * 0.05, all.count < 20 ? 1 : 0)) would do so by chance alone: p-values are not corrected for the number of comparisons."
  }
}
