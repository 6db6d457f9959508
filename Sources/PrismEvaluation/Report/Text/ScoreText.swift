/// Scores, differences and intervals in the words of a benchmark's scale.
///
/// Shares (0 to 1) are shown in percent and their differences in points; scales to 100 with one
/// decimal, others with two.
package struct ScoreText: Hashable, Sendable {
  private let factor: Double
  let decimals: Int
  private let unit: String
  let differenceUnit: String
  private let minimum: Double
  private let span: Double
  package let higherIsBetter: Bool

  /// `nil` where a benchmark has no scale: plain numbers, and no share of the scale.
  package init(_ scale: ScoreScale?) {
    let minimum = scale?.minimum ?? 0
    let maximum = scale?.maximum ?? 0
    let isShare = minimum == 0 && maximum == 1
    let isHundred = minimum == 0 && maximum == 100
    factor = isShare ? 100 : 1
    decimals = isShare || isHundred ? 1 : 2
    unit = isShare ? ReportNumber.gap + "%" : ""
    differenceUnit = isShare || isHundred ? " points" : ""
    self.minimum = minimum
    span = maximum - minimum
    higherIsBetter = scale?.higherIsBetter ?? true
  }

  /// The overall's scale: 0 to 100, higher is better.
  package static let overall = ScoreText(
    ScoreScale(metric: .accuracy, minimum: 0, maximum: 100, higherIsBetter: true))

  package func score(_ value: Double) -> String {
    ReportNumber.fixed(value * factor, decimals) + unit
  }

  package func interval(_ low: Double, _ high: Double) -> String {
    ReportNumber.fixed(low * factor, decimals) + " to "
      + ReportNumber.fixed(high * factor, decimals)
  }

  package func difference(_ value: Double) -> String {
    signedNumber(value) + differenceUnit
  }

  /// The difference without its unit, for narrow cells.
  package func signedNumber(_ value: Double) -> String {
    ReportNumber.signed(value * factor, decimals)
  }

  package func signedInterval(_ low: Double, _ high: Double) -> String {
    signedNumber(low) + " to " + signedNumber(high)
  }

  /// The unit of an axis of scores, for its label.
  package var axisUnit: String { unit.isEmpty ? "" : " (%)" }

  /// A score as an axis of scores counts it.
  package func axisValue(_ value: Double) -> Double { value * factor }

  /// Where a score stands on its scale, 0 to 100; absent for a scale without extent.
  package func shareOfScale(_ value: Double) -> Double? {
    span > 0 ? (value - minimum) / span * 100 : nil
  }
}
