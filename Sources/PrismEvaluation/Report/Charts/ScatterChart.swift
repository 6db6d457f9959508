/// Named dots over two numbers.
package struct ScatterChart: ReportChart {
  package struct Dot: Hashable, Sendable {
    package var name: String
    /// Index into the chart's series.
    package var series: Int
    package var point: ChartPoint

    package init(name: String, series: Int, point: ChartPoint) {
      self.name = name
      self.series = series
      self.point = point
    }
  }

  package let name: String
  package let summary: String
  let series: [String]
  let dots: [Dot]
  let positionLabel: String
  let valueLabel: String

  package init(
    name: String, summary: String, series: [String], dots: [Dot], positionLabel: String,
    valueLabel: String
  ) {
    self.name = name
    self.summary = summary
    self.series = series
    self.dots = dots
    self.positionLabel = positionLabel
    self.valueLabel = valueLabel
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    let plot = ChartPlot(
      horizontal: .around(dots.map(\.point.x), label: positionLabel),
      vertical: .covering(dots.map(\.point.y), zero: true, label: valueLabel),
      marks: dots.map {
        .dot(
          $0.point, series: $0.series, label: $0.name,
          tip: "\($0.name): \(number($0.point.x)), \(number($0.point.y))")
      },
      legend: series.indices.map {
        ChartLegendEntry(name: series[$0], series: $0, swatch: .dot)
      }, plotHeight: width < ChartWidth.wide ? 280 : 340)
    return [plot.drawing(id: id, name: name, summary: summary, width: width)]
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(name)",
      columns: [.text("Name"), .number("\(positionLabel)"), .number("\(valueLabel)")],
      groups: series.indices.map { index in
        ReportTableGroup(
          heading: "\(run: series[index])",
          rows: dots.filter { $0.series == index }.map {
            ReportTableRow(
              "\(run: $0.name)", ["\(number($0.point.x))", "\(number($0.point.y))"])
          })
      })
  }

  private func number(_ value: Double) -> String { ReportNumber.fixed(value, 1) }
}
