/// Values mapped to a stretch of the drawing; the stretch may run backwards.
package struct ChartValueScale: Hashable, Sendable {
  let low: Double
  let high: Double
  let start: Double
  let end: Double

  /// `low` lies below `high`.
  func callAsFunction(_ value: Double) -> Double {
    start + (min(max(value, low), high) - low) / (high - low) * (end - start)
  }
}

/// Categories spread evenly over a stretch of the drawing.
package struct ChartBandScale: Hashable, Sendable {
  let count: Int
  let start: Double
  let end: Double

  /// Width of one band with its share of the gaps.
  var step: Double { (end - start) / Double(max(1, count)) }

  func center(_ index: Int) -> Double { start + (Double(index) + 0.5) * step }

  /// Left or upper edge and width of one of `slots` marks side by side in a band; a quarter of the
  /// band stays empty.
  func slot(_ band: Int, _ index: Int, of slots: Int) -> (start: Double, width: Double) {
    let inner = step * 0.75
    let width = inner / Double(max(1, slots))
    return (center(band) - inner / 2 + Double(index) * width, width)
  }
}
