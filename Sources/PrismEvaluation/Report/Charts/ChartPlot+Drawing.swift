extension ChartPlot {
  /// The plot as a drawing `width` units wide.
  func drawing(id: String, name: String, summary: String, width: Double) -> SVGNode {
    let legend = ChartLegend(self.legend, width: width)
    let frame = ChartFrame(self, width: width, legendHeight: legend.height)
    var children = legend.nodes
    children += verticalAxis(frame) + horizontalAxis(frame)
    children += marks.flatMap { ChartMarkDrawing(frame: frame).nodes($0) }
    children += baselines(frame)
    children += ChartDotLabels(marks, frame: frame).nodes
    return .drawing(
      id: id, name: name, summary: summary, width: width, height: frame.height,
      children: children)
  }

  /// The lines of zero, or the plot's foot; above the marks, whose outlines would cut them.
  private func baselines(_ frame: ChartFrame) -> [SVGNode] {
    var nodes: [SVGNode] = []
    switch frame.vertical.content {
    case .ticks(let ticks, _, _):
      let y = frame.y(ticks.values.contains(0) ? 0 : frame.y.low)
      nodes.append(.line("zero", frame.left, y, frame.right, y))
    case .names:
      if case .ticks(let ticks, _, _) = frame.horizontal.content, ticks.values.contains(0) {
        nodes.append(.line("zero", frame.x(0), frame.top, frame.x(0), frame.bottom))
      }
    }
    return nodes
  }

  private func verticalAxis(_ frame: ChartFrame) -> [SVGNode] {
    var nodes: [SVGNode] = []
    if !vertical.label.isEmpty {
      let text = ChartText.fitted(vertical.label, into: frame.width / ChartText.boldness)
      nodes.append(.label(text, x: 0, y: frame.top - 14, className: "label axis"))
    }
    switch frame.vertical.content {
    case .ticks(let ticks, _, _):
      for (value, label) in zip(ticks.values, ticks.labels) {
        let y = frame.y(value)
        nodes.append(.line("grid", frame.left, y, frame.right, y))
        nodes.append(.label(label, x: frame.left - 6, y: y + 4, anchor: "end"))
      }
    case .names(let names):
      for (row, name) in names.enumerated() where row % frame.vertical.stride == 0 {
        nodes += SVGNode.rowName(
          name, into: frame.left - 8, x: frame.left - 6, y: frame.rows.center(row))
      }
    }
    return nodes
  }

  private func horizontalAxis(_ frame: ChartFrame) -> [SVGNode] {
    var nodes: [SVGNode] = []
    switch frame.horizontal.content {
    case .ticks(let ticks, _, _):
      for (value, label) in zip(ticks.values, ticks.labels) {
        let x = frame.x(value)
        nodes.append(.line("grid", x, frame.top, x, frame.bottom))
        nodes.append(
          .label(label, x: x, y: frame.bottom + ChartText.lineHeight, anchor: "middle"))
      }
    case .names(let names):
      for (column, name) in names.enumerated() where column % frame.horizontal.stride == 0 {
        let x = frame.columns.center(column)
        nodes.append(
          frame.horizontal.isTurned
            ? .label(
              name, x: x + 4, y: frame.bottom + 14, anchor: "end", turn: ChartAxisLayout.turn)
            : .label(name, x: x, y: frame.bottom + ChartText.lineHeight, anchor: "middle"))
      }
    }
    if !horizontal.label.isEmpty {
      let text = ChartText.fitted(horizontal.label, into: frame.width / ChartText.boldness)
      // Centred under the axis unless that would run off either side.
      let half = ChartText.width(text) * ChartText.boldness / 2
      let middle = min(max((frame.left + frame.right) / 2, half), frame.width - half)
      nodes.append(
        .label(text, x: middle, y: frame.height - 6, anchor: "middle", className: "label axis"))
    }
    return nodes
  }
}
