import Foundation

/// A heat map laid out for one width: columns that do not fit continue in a further panel.
struct HeatMapLayout {
  private static let cellHeight = 27.0
  private static let narrowestCell = 37.0
  private static let widestCell = 76.0

  let map: HeatMap
  let width: Double
  let panels: [Range<Int>]
  private let labelWidth: Double
  private let cellWidth: Double
  /// Column names stand upright where there is no room to lean them.
  private let isUpright: Bool

  init(_ map: HeatMap, width: Double) {
    self.map = map
    self.width = width
    let widest = map.rows.map { ChartText.width($0) }.max() ?? 0
    labelWidth = min(widest, width * 0.34) + 8
    isUpright = width < ChartWidth.wide
    let texts = map.values.joined().compactMap { $0.map { ChartText.width(map.format($0)) } }
    let least = max(Self.narrowestCell, (texts.max() ?? 0) + 6)
    // A leaning last name needs room at the right.
    let last = min(105, map.columns.last.map { ChartText.width($0) } ?? 0)
    let room = width - labelWidth - (isUpright ? 2 : last * cos(40 * Double.pi / 180))
    let fitting = max(1, Int(room / least))
    let count = max(1, map.columns.count)
    let panelCount = (count + fitting - 1) / fitting
    let size = (count + panelCount - 1) / panelCount
    cellWidth = min(Self.widestCell, room / Double(size))
    panels = (0..<panelCount).map {
      min($0 * size, map.columns.count)..<min(($0 + 1) * size, map.columns.count)
    }
  }

  func drawing(_ panel: Range<Int>, id: String, name: String, hasLegend: Bool) -> SVGNode {
    let names = panel.map { ChartText.fitted(map.columns[$0], into: 105) }
    let tallest = names.map { ChartText.width($0) }.max() ?? 0
    let lean = isUpright ? 1 : sin(40 * Double.pi / 180)
    let legendHeight = hasLegend ? 30.0 : 0
    let top = legendHeight + tallest * lean + 18
    var nodes = hasLegend ? legend() : []
    for (position, name) in names.enumerated() {
      let x = labelWidth + (Double(position) + 0.5) * cellWidth
      nodes.append(
        .label(name, x: x + (isUpright ? 4 : -2), y: top - 7, turn: isUpright ? -90 : -40))
    }
    for row in map.rows.indices {
      let y = top + Double(row) * Self.cellHeight
      nodes += SVGNode.rowName(
        map.rows[row], into: labelWidth - 8, x: labelWidth - 6, y: y + Self.cellHeight / 2)
      for (position, column) in panel.enumerated() {
        nodes += cell(row, column, x: labelWidth + Double(position) * cellWidth, y: y)
      }
    }
    return .drawing(
      id: id, name: name, summary: map.summary, width: width,
      height: top + Double(map.rows.count) * Self.cellHeight + 4, children: nodes)
  }

  private func cell(_ row: Int, _ column: Int, x: Double, y: Double) -> [SVGNode] {
    guard let value = map.values[row][column] else {
      return [
        .label(
          "–", x: x + cellWidth / 2, y: y + Self.cellHeight / 2 + 4, anchor: "middle",
          className: "label")
      ]
    }
    let text = map.format(value)
    let step = Self.className(map.step(value))
    return [
      .rect(
        "cell heat-\(step)", x: x + 1, y: y + 1, width: cellWidth - 2,
        height: Self.cellHeight - 2, tip: "\(map.rows[row]), \(map.columns[column]): \(text)"),
      .label(
        text, x: x + cellWidth / 2, y: y + Self.cellHeight / 2 + 4, anchor: "middle",
        className: "cell-text ink-\(step)"),
    ]
  }

  /// All colours from worst to best between the values of their ends.
  private func legend() -> [SVGNode] {
    let sign = map.higherIsBetter ? 1.0 : -1
    let worst = "worse \(map.format(-sign * map.limit))"
    let best = "\(map.format(sign * map.limit)) better"
    var x = ChartText.width(worst) + 6
    var nodes: [SVGNode] = [.label(worst, x: 0, y: 16, className: "label legend")]
    for step in -HeatMap.stepCount...HeatMap.stepCount {
      nodes.append(
        .rect("cell heat-\(Self.className(step))", x: x, y: 4, width: 15, height: 16))
      x += 16
    }
    nodes.append(.label(best, x: x + 6, y: 16, className: "label legend"))
    return nodes
  }

  /// "m4" to "m1", "0", "p1" to "p4".
  static func className(_ step: Int) -> String {
    step == 0 ? "0" : step < 0 ? "m\(-step)" : "p\(step)"
  }
}
