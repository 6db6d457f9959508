/// Counts over intervals of a number, one class stacked on the other, with a marked value.
package struct HistogramChart: ReportChart {
  package struct Bin: Hashable, Sendable {
    package var low: Double
    package var high: Double
    /// One a series, drawn upwards in this order.
    package var counts: [Int]

    package init(low: Double, high: Double, counts: [Int]) {
      self.low = low
      self.high = high
      self.counts = counts
    }
  }

  package let name: String
  package let summary: String
  let series: [String]
  let bins: [Bin]
  let positionLabel: String
  let valueLabel: String
  let mark: (value: Double, label: String)

  package init(
    name: String, summary: String, series: [String], bins: [Bin], positionLabel: String,
    valueLabel: String, mark: (value: Double, label: String)
  ) {
    self.name = name
    self.summary = summary
    self.series = series
    self.bins = bins
    self.positionLabel = positionLabel
    self.valueLabel = valueLabel
    self.mark = mark
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    var marks: [ChartMark] = []
    for bin in bins {
      var start = 0.0
      for (series, count) in bin.counts.enumerated() where count > 0 {
        let end = start + Double(count)
        marks.append(
          .block(
            from: ChartPoint(x: bin.low, y: start), to: ChartPoint(x: bin.high, y: end),
            series: series,
            tip: "\(range(bin)), \(self.series[series]): \(ReportNumber.count(count))"))
        start = end
      }
    }
    marks.append(.verticalRule(mark.value, label: mark.label))
    let ends = bins.flatMap { [$0.low, $0.high] }
    let (low, high) = (ends.min() ?? 0, ends.max() ?? 1)
    let totals = bins.map { $0.counts.reduce(0.0) { $0 + Double($1) } }
    let top = (totals.max() ?? 0) * 1.12
    let plot = ChartPlot(
      horizontal: .fixed(low, low < high ? high : low + 1, label: positionLabel),
      vertical: .covering([top], zero: true, label: valueLabel), marks: marks,
      legend: series.indices.map {
        ChartLegendEntry(name: series[$0], series: $0, swatch: .fill)
      }, plotHeight: 220)
    return [plot.drawing(id: id, name: name, summary: summary, width: width)]
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(valueLabel)",
      columns: [.text("\(positionLabel)")] + series.map { .number("\($0)") },
      rows: bins.map { bin in
        ReportTableRow("\(range(bin))", bin.counts.map { "\(ReportNumber.count($0))" })
      })
  }

  private func range(_ bin: Bin) -> String {
    ReportNumber.fixed(bin.low, 2) + " to " + ReportNumber.fixed(bin.high, 2)
  }
}
