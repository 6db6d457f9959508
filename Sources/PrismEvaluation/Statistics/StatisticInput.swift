/// What every statistic asks of its input before it computes.
enum StatisticInput {
  /// Refuses NaN, infinities and values whose sum overflows.
  static func checkFinite(_ values: [Double], for statistic: String) throws {
    var largest = 0.0
    for (index, value) in values.enumerated() {
      guard value.isFinite else {
        throw EvaluationError.statisticNotFinite(
          statistic: statistic, index: index, value: "\(value)")
      }
      largest = max(largest, abs(value))
    }
    guard (largest * Double(values.count)).isFinite else {
      throw EvaluationError.statisticOverflow(statistic: statistic)
    }
  }

  /// Refuses NaN and values outside `range`.
  static func checkRange(
    _ values: [Double], in range: ClosedRange<Double>, for statistic: String
  ) throws {
    for (index, value) in values.enumerated() where !range.contains(value) {
      throw EvaluationError.statisticOutOfRange(
        statistic: statistic, index: index, value: "\(value)",
        expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  static func checkPaired(_ first: Int, _ second: Int, for statistic: String) throws {
    guard first == second else {
      throw EvaluationError.statisticUnequalCounts(
        statistic: statistic, first: first, second: second)
    }
  }

  static func checkNotEmpty(_ count: Int, for statistic: String, group: String? = nil) throws {
    guard count > 0 else {
      throw EvaluationError.statisticWithoutValues(statistic: statistic, group: group)
    }
  }

  /// A confidence level lies strictly between 0 and 1.
  static func checkLevel(_ level: Double) throws {
    guard level > 0, level < 1 else {
      throw EvaluationError.statisticSetting(
        name: "the confidence level", value: "\(level)", expected: "more than 0 and less than 1")
    }
  }
}
