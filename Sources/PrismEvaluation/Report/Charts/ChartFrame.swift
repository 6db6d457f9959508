/// Where the axes of a plot lie on a drawing of one width, and what is written along them.
struct ChartFrame {
  let width: Double
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let height: Double
  let horizontal: ChartAxisLayout
  let vertical: ChartAxisLayout

  /// - Parameter legendHeight: rows above everything else.
  init(_ plot: ChartPlot, width: Double, legendHeight: Double) {
    self.width = width
    top = legendHeight + (plot.vertical.label.isEmpty ? 8 : ChartText.lineHeight + 12)
    bottom = top + plot.plotHeight
    vertical = ChartAxisLayout(
      plot.vertical, extent: plot.plotHeight, across: width * 0.34, wraps: true)
    let roomLeft = vertical.widestLabel + 8
    // The last number is centred on the axis' end, so half of it stands out.
    let edge = 14.0
    var horizontal = ChartAxisLayout(
      plot.horizontal, extent: width - roomLeft - edge, across: 130)
    let outward = max(roomLeft, horizontal.overhang(extent: width - roomLeft - edge))
    if outward > roomLeft {
      horizontal = ChartAxisLayout(plot.horizontal, extent: width - outward - edge, across: 130)
    }
    self.horizontal = horizontal
    left = outward
    right = width - max(edge, horizontal.endOverhang)
    height =
      bottom + horizontal.depth
      + (plot.horizontal.label.isEmpty ? 6 : ChartText.lineHeight + 6)
  }

  var x: ChartValueScale { horizontal.valueScale(from: left, to: right) }
  /// Values grow upwards.
  var y: ChartValueScale { vertical.valueScale(from: bottom, to: top) }
  var columns: ChartBandScale { ChartBandScale(count: horizontal.count, start: left, end: right) }
  /// The first name is at the top.
  var rows: ChartBandScale { ChartBandScale(count: vertical.count, start: top, end: bottom) }
}
