/// Lines over a number, such as losses over steps.
package struct LineChart: ReportChart {
  package struct Series: Hashable, Sendable {
    package var name: String
    package var points: [ChartPoint]

    package init(name: String, points: [ChartPoint]) {
      self.name = name
      self.points = points
    }
  }

  /// Both axes run from 0 to 1, with the diagonal and its name.
  package struct UnitSquare: Hashable, Sendable {
    package var diagonal: String

    package init(diagonal: String) { self.diagonal = diagonal }
  }

  package let name: String
  package let summary: String
  let series: [Series]
  let positionLabel: String
  let valueLabel: String
  let unitSquare: UnitSquare?
  let decimals: Int

  package init(
    name: String, summary: String, series: [Series], positionLabel: String, valueLabel: String,
    unitSquare: UnitSquare? = nil, decimals: Int = 3
  ) {
    self.name = name
    self.summary = summary
    self.series = series
    self.positionLabel = positionLabel
    self.valueLabel = valueLabel
    self.unitSquare = unitSquare
    self.decimals = decimals
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    let points = series.flatMap(\.points)
    var marks: [ChartMark] = unitSquare == nil ? [] : [.diagonal]
    marks += series.indices.map { .line(series[$0].points, series: $0) }
    var legend = series.indices.map {
      ChartLegendEntry(name: series[$0].name, series: $0, swatch: .line)
    }
    if let unitSquare {
      legend.append(ChartLegendEntry(name: unitSquare.diagonal, series: 0, swatch: .rule))
    }
    let plot = ChartPlot(
      horizontal: unitSquare == nil
        ? positions(points.map(\.x)) : .fixed(0, 1, label: positionLabel),
      vertical: unitSquare == nil
        ? .covering(points.map(\.y), zero: points.allSatisfy { $0.y >= 0 }, label: valueLabel)
        : .fixed(0, 1, label: valueLabel),
      marks: marks, legend: legend, plotHeight: unitSquare == nil ? 220 : 290)
    return [plot.drawing(id: id, name: name, summary: summary, width: width)]
  }

  /// Ends where the data ends: rounding outwards would leave a stretch without training.
  private func positions(_ values: [Double]) -> ChartAxis {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    return low < high
      ? .fixed(low, high, label: positionLabel) : .covering(values, label: positionLabel)
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(name)", columns: [.text("\(positionLabel)"), .number("\(valueLabel)")],
      groups: series.map { series in
        ReportTableGroup(
          heading: "\(series.name)",
          rows: series.points.map {
            ReportTableRow("\(position($0.x))", ["\(ReportNumber.fixed($0.y, decimals))"])
          })
      })
  }

  private func position(_ value: Double) -> String {
    ReportNumber.fixed(value, value == value.rounded() ? 0 : decimals)
  }
}

extension LineChart {
  /// More points than this on one line tell a reader nothing more.
  package static let pointLimit = 120

  /// Neighbouring points averaged until at most `limit` are left.
  package static func averaged(_ points: [ChartPoint], limit: Int = pointLimit) -> [ChartPoint] {
    guard points.count > limit, limit > 0 else { return points }
    return (0..<limit).map { index in
      let part = points[index * points.count / limit..<(index + 1) * points.count / limit]
      return ChartPoint(
        x: part.reduce(0) { $0 + $1.x } / Double(part.count),
        y: part.reduce(0) { $0 + $1.y } / Double(part.count))
    }
  }

  /// At most `limit` of the points, evenly spread, the first and the last among them.
  package static func picked(_ points: [ChartPoint], limit: Int = pointLimit) -> [ChartPoint] {
    guard points.count > limit, limit > 1 else { return points }
    return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
  }
}
