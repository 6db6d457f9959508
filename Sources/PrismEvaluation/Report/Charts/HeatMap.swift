/// Differences in a grid, coloured around zero, each with its number.
package struct HeatMap: ReportChart {
  package let name: String
  package let summary: String
  let rowLabel: String
  let rows: [String]
  let columns: [String]
  /// `[row][column]`; absent where nothing was measured.
  let values: [[Double?]]
  /// Whether a positive difference is the good one.
  let higherIsBetter: Bool
  let format: @Sendable (Double) -> String

  package init(
    name: String, summary: String, rowLabel: String, rows: [String], columns: [String],
    values: [[Double?]], higherIsBetter: Bool = true,
    format: @escaping @Sendable (Double) -> String
  ) {
    self.name = name
    self.summary = summary
    self.rowLabel = rowLabel
    self.rows = rows
    self.columns = columns
    self.values = values
    self.higherIsBetter = higherIsBetter
    self.format = format
  }

  /// Steps of colour on either side of zero.
  package static let stepCount = 4

  /// The strongest colour's value: the largest magnitude in the grid.
  var limit: Double { values.joined().compactMap { $0 }.map(abs).max() ?? 0 }

  /// Colour of `value`, from -`stepCount` (worst) to `stepCount` (best).
  package func step(_ value: Double) -> Int {
    guard limit > 0 else { return 0 }
    let step = Int((value / limit * Double(Self.stepCount)).rounded())
    return higherIsBetter ? step : -step
  }

  package func drawings(id: String, width: Double) -> [SVGNode] {
    let layout = HeatMapLayout(self, width: width)
    return layout.panels.enumerated().map { index, panel in
      layout.drawing(
        panel, id: "\(id)-\(index)",
        name: layout.panels.count == 1 ? name : "\(name), part \(index + 1)",
        hasLegend: index == 0)
    }
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(summary)",
      columns: [.text("\(rowLabel)")] + columns.map { .number("\(run: $0)") },
      rows: rows.indices.map { row in
        ReportTableRow("\(run: rows[row])", values[row].map { $0.map { "\(format($0))" } ?? "–" })
      })
  }
}
