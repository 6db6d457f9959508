import Foundation

/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
package struct ChartTicks: Hashable, Sendable {
  package let values: [Double]
  /// Digits after the point that tell the values apart.
  package let decimals: Int

  package var labels: [String] { values.map { ReportNumber.fixed($0, decimals) } }

  /// Ticks that cover `low` to `high`, about `count` intervals; a constant gets room around it.
  ///
  /// Both ends are finite and at most `ReportContentCheck.largestMagnitude` in magnitude.
  package init(covering low: Double, _ high: Double, count: Int) {
    let (low, high) = Self.widened(low, high)
    let (step, decimals) = Self.step(high - low, count)
    // Slack for a quotient that is one rounding away from a whole number.
    let first = Int((low / step + 1e-9).rounded(.down))
    let last = Int((high / step - 1e-9).rounded(.up))
    values = Self.multiples(first, last, of: step, decimals)
    self.decimals = decimals
  }

  /// Ticks inside `low` to `high`, for an axis whose ends are fixed.
  package init(inside low: Double, _ high: Double, count: Int) {
    let (step, decimals) = Self.step(high - low, count)
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    values = Self.multiples(first, last, of: step, decimals)
    self.decimals = decimals
  }

  private static func widened(_ low: Double, _ high: Double) -> (Double, Double) {
    let scale = max(abs(low), abs(high))
    guard high - low <= scale * 1e-9 || high - low < 1e-90 else { return (low, high) }
    if scale < 1e-90 { return (0, 1) }
    return (low - scale * 0.1, high + scale * 0.1)
  }

  /// The smallest round step that makes at most `count` intervals of `span`.
  private static func step(_ span: Double, _ count: Int) -> (Double, Int) {
    let rough = span / Double(max(1, count))
    var exponent = Int(log10(rough).rounded(.down))
    var factor = [1.0, 2, 5].first { $0 * pow(10, Double(exponent)) >= rough * (1 - 1e-9) }
    if factor == nil {
      exponent += 1
      factor = 1
    }
    return ((factor ?? 1) * pow(10, Double(exponent)), max(0, -exponent))
  }

  /// Divides by a power of ten rather than adding up steps, so that 0.3 stays 0.3.
  private static func multiples(_ first: Int, _ last: Int, of step: Double, _ decimals: Int)
    -> [Double]
  {
    guard first <= last else { return [] }
    return (first...last).map { index in
      let value = Double(index) * step
      guard decimals > 0, decimals < 15 else { return value }
      let unit = pow(10, Double(decimals))
      return (value * unit).rounded() / unit
    }
  }
}
