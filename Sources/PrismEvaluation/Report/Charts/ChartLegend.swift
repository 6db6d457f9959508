/// Entries set beside each other, wrapped where the width ends.
struct ChartLegend {
  private static let swatchWidth = 26.0
  private static let gap = 18.0
  private static let rowHeight = 20.0

  let nodes: [SVGNode]
  let height: Double

  init(_ entries: [ChartLegendEntry], width: Double) {
    var nodes: [SVGNode] = []
    var (x, row) = (0.0, 0)
    for entry in entries {
      let room = width - Self.swatchWidth - 6
      let text = ChartText.fitted(entry.name, into: room)
      let extent = Self.swatchWidth + 6 + ChartText.width(text)
      if x > 0 && x + extent > width {
        x = 0
        row += 1
      }
      let middle = Double(row) * Self.rowHeight + Self.rowHeight / 2
      nodes += Self.swatch(entry, x: x, middle: middle)
      nodes.append(
        .label(text, x: x + Self.swatchWidth + 6, y: middle + 4, className: "label legend"))
      x += extent + Self.gap
    }
    self.nodes = nodes
    height = entries.isEmpty ? 0 : Double(row + 1) * Self.rowHeight + 6
  }

  private static func swatch(_ entry: ChartLegendEntry, x: Double, middle: Double) -> [SVGNode] {
    let style = ChartSeriesStyle(entry.series)
    switch entry.swatch {
    case .fill:
      return style.filled(
        "swatch", x: x, y: middle - 7, width: swatchWidth, height: 14, tip: "")
    case .line:
      let line = SVGNode.line(
        "line \(style.strokeClass)", x, middle, x + swatchWidth, middle)
      return [line, style.marker(x: x + swatchWidth / 2, y: middle, radius: 4.5, tip: "")]
    case .dot:
      return [style.marker(x: x + swatchWidth / 2, y: middle, radius: 5, tip: "")]
    case .rule:
      return [.line("rule", x, middle, x + swatchWidth, middle)]
    }
  }
}
