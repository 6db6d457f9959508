import Foundation

/// Labels of one axis, chosen and turned so that they do not touch.
struct ChartAxisLayout {
  enum Content {
    case ticks(ChartTicks, low: Double, high: Double)
    case names([String])
  }
  static let turn = -40.0

  let content: Content
  /// Names are turned to the left because they do not fit beside each other.
  let isTurned: Bool
  /// Every how many-th name is written.
  let stride: Int
  private var widestName = 0.0

  /// - Parameters:
  ///   - extent: length of the axis.
  ///   - across: room for one name at a right angle to it; longer names are cut, or wrapped where
  ///     they stand beside their rows.
  ///   - wraps: names stand beside rows.
  init(_ axis: ChartAxis, extent: Double, across: Double, wraps: Bool = false) {
    switch axis.kind {
    case .values(let low, let high, let fixed):
      content = Self.ticks(low, high, fixed: fixed, extent: extent)
      isTurned = false
      stride = 1
    case .bands(let names):
      let fitted = names.map { ChartText.fitted($0, into: across) }
      content = .names(wraps ? names : fitted)
      let step = extent / Double(max(1, names.count))
      let widest = fitted.map { ChartText.width($0) }.max() ?? 0
      isTurned = !wraps && widest + 6 > step
      widestName = widest
      stride = max(1, Int((ChartText.lineHeight / max(step, 1)).rounded(.up)))
    }
  }

  private static func ticks(_ low: Double, _ high: Double, fixed: Bool, extent: Double) -> Content {
    let count = max(2, min(8, Int(extent / 50)))
    if fixed && high > low {
      // A round step may leave one tick between ends that are not round.
      let ticks = ChartTicks(inside: low, high, count: count)
      let more = ticks.values.count < 3 ? ChartTicks(inside: low, high, count: count * 2) : ticks
      return .ticks(more, low: low, high: high)
    }
    let ticks = ChartTicks(covering: low, high, count: count)
    let first = ticks.values.first ?? low
    let last = ticks.values.last ?? high
    return .ticks(ticks, low: first, high: last > first ? last : first + 1)
  }

  var labels: [String] {
    switch content {
    case .ticks(let ticks, _, _): ticks.labels
    case .names(let names): names
    }
  }

  var count: Int { labels.count }

  var widestLabel: Double {
    switch content {
    case .ticks: labels.map { ChartText.width($0) }.max() ?? 0
    case .names: widestName
    }
  }

  /// How deep the labels reach below a horizontal axis.
  var depth: Double {
    guard isTurned else { return ChartText.lineHeight + 4 }
    return widestLabel * sin(-Self.turn * .pi / 180) + 18
  }

  /// How far right of the left end the axis has to start for its turned names to fit.
  func overhang(extent: Double) -> Double {
    guard isTurned else { return 0 }
    let step = extent / Double(max(1, count))
    return labels.enumerated().map { index, label in
      ChartText.width(label) * cos(-Self.turn * .pi / 180) - (Double(index) + 0.5) * step + 10
    }.max() ?? 0
  }

  /// Half of the last number, which stands out at the right.
  var endOverhang: Double {
    guard case .ticks = content else { return 0 }
    return (labels.last.map { ChartText.width($0) } ?? 0) / 2 + 2
  }

  func valueScale(from start: Double, to end: Double) -> ChartValueScale {
    guard case .ticks(_, let low, let high) = content else {
      return ChartValueScale(low: 0, high: 1, start: start, end: end)
    }
    return ChartValueScale(low: low, high: high, start: start, end: end)
  }
}
