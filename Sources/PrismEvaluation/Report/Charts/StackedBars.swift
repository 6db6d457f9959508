/// Lying bars of counts, one row a name, one segment a series.
package struct StackedBars: ReportChart {
  package let name: String
  package let summary: String
  let rowLabel: String
  let rows: [String]
  let series: [String]
  /// `[row][series]`, none negative.
  let counts: [[Int]]
  let valueLabel: String

  package init(
    name: String, summary: String, rowLabel: String, rows: [String], series: [String],
    counts: [[Int]], valueLabel: String
  ) {
    self.name = name
    self.summary = summary
    self.rowLabel = rowLabel
    self.rows = rows
    self.series = series
    self.counts = counts
    self.valueLabel = valueLabel
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    var marks: [ChartMark] = []
    for (row, values) in counts.enumerated() {
      var start = 0.0
      for (series, count) in values.enumerated() where count > 0 {
        marks.append(
          .strip(
            band: row, from: start, to: start + Double(count), series: series,
            text: ReportNumber.count(count),
            tip: "\(rows[row]), \(self.series[series]): \(ReportNumber.count(count))"))
        start += Double(count)
      }
    }
    let totals = counts.map { $0.reduce(0.0) { $0 + Double($1) } }
    let plot = ChartPlot(
      horizontal: .fixed(0, max(1, totals.max() ?? 1), label: valueLabel), vertical: .bands(rows),
      marks: marks,
      legend: series.indices.map {
        ChartLegendEntry(name: series[$0], series: $0, swatch: .fill)
      }, plotHeight: max(1, Double(rows.count)) * 28)
    return [plot.drawing(id: id, name: name, summary: summary, width: width)]
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(valueLabel)", columns: [.text("\(rowLabel)")] + series.map { .number("\($0)") },
      rows: rows.indices.map { row in
        ReportTableRow("\(run: rows[row])", counts[row].map { "\(ReportNumber.count($0))" })
      })
  }
}
