/// Differences with their intervals, one row each, beside the line of no difference.
package struct IntervalChart: ReportChart {
  package struct Row: Hashable, Sendable {
    package var name: String
    package var low: Double
    package var middle: Double
    package var high: Double
    /// One of the chart's findings.
    package var series: Int

    package init(name: String, low: Double, middle: Double, high: Double, series: Int) {
      self.name = name
      self.low = low
      self.middle = middle
      self.high = high
      self.series = series
    }
  }

  /// What a row may show, and the style that tells it from the others.
  package struct Finding: Hashable, Sendable {
    package var name: String
    package var series: Int

    package init(name: String, series: Int) {
      self.name = name
      self.series = series
    }
  }

  package let name: String
  package let summary: String
  let findings: [Finding]
  let rows: [Row]
  let rowLabel: String
  let valueLabel: String

  package init(
    name: String, summary: String, findings: [Finding], rows: [Row], rowLabel: String,
    valueLabel: String
  ) {
    self.name = name
    self.summary = summary
    self.findings = findings
    self.rows = rows
    self.rowLabel = rowLabel
    self.valueLabel = valueLabel
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    let plot = ChartPlot(
      horizontal: .around(rows.flatMap { [$0.low, $0.high] }, label: valueLabel),
      vertical: .bands(rows.map(\.name)),
      marks: [.verticalRule(0, label: "")]
        + rows.enumerated().map { index, row in
          .interval(
            band: index, low: row.low, middle: row.middle, high: row.high, series: row.series,
            tip: "\(row.name): \(text(row))")
        },
      legend: findings.map {
        ChartLegendEntry(name: $0.name, series: $0.series, swatch: .dot)
      }, plotHeight: max(1, Double(rows.count)) * 24)
    return [plot.drawing(id: id, name: name, summary: summary, width: width)]
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(valueLabel)",
      columns: [
        .text("\(rowLabel)"), .number("Difference"), .number("95\u{A0}% interval"),
        .text("Finding"),
      ],
      rows: rows.map { row in
        ReportTableRow(
          "\(run: row.name)",
          [
            "\(ReportNumber.signed(row.middle, 1))",
            "\(ReportNumber.signed(row.low, 1)) to \(ReportNumber.signed(row.high, 1))",
            "\(findings.first { $0.series == row.series }?.name ?? "–")",
          ])
      })
  }

  private func text(_ row: Row) -> String {
    "\(ReportNumber.signed(row.middle, 1)) (\(ReportNumber.signed(row.low, 1)) to \(ReportNumber.signed(row.high, 1)))"
  }
}
