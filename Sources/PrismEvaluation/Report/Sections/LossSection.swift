extension ReportSection {
  /// Loss curves of adapter and gate.
  static func losses(_ curves: [ReportContent.LossCurve]) -> ReportSection? {
    let drawn = curves.filter { curve in curve.series.contains { !$0.losses.isEmpty } }
    guard !drawn.isEmpty else { return nil }
    return ReportSection(
      anchor: "training", sectionHeading: "Training",
      blocks: drawn.enumerated().map { .figure(figure($1, index: $0)) })
  }

  private static func figure(_ curve: ReportContent.LossCurve, index: Int) -> ReportFigure {
    let series = curve.series.filter { !$0.losses.isEmpty }
    let isAveraged = series.contains { $0.losses.count > LineChart.pointLimit }
    let chart = LineChart(
      name: "Loss of the \(curve.name)",
      summary:
        "Lines of loss over \(curve.positionLabel): \(series.map(\.name).joined(separator: " and ")).",
      series: series.map { series in
        LineChart.Series(
          name: series.name,
          points: LineChart.averaged(
            zip(series.positions, series.losses).map { ChartPoint(x: $0, y: $1) }))
      }, positionLabel: curve.positionLabel, valueLabel: curve.lossLabel)
    let known = curve.note.map { ["\($0)" as ReportMarkup] } ?? []
    let ends = series.compactMap { series -> ReportMarkup? in
      guard let first = series.losses.first, let last = series.losses.last else { return nil }
      if series.losses.count == 1 { return "\(series.name): \(ReportNumber.fixed(first, 3))" }
      return
        "\(series.name): \(ReportNumber.fixed(first, 3)) at first, \(ReportNumber.fixed(last, 3)) at last"
    }
    let note: ReportMarkup =
      isAveraged ? " Neighbouring points are averaged, \(LineChart.pointLimit) to a line." : ""
    return ReportFigure(
      chart, id: "fig-loss-\(index)", caption: "\(.joined(ends + known, separator: "; ")).\(note)")
  }
}
