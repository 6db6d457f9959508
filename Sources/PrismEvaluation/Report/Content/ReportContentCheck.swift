/// Refuses content that cannot be drawn, so that the chart layer need not guess.
enum ReportContentCheck {
  /// Larger numbers overflow the arithmetic of an axis.
  static let largestMagnitude = 1e100

  /// Throws `EvaluationError.reportNumber` and `.reportShape`.
  static func check(_ content: ReportContent) throws {
    try checkNumbers(in: content, path: "report")
    for curve in content.losses {
      for series in curve.series where series.positions.count != series.losses.count {
        throw EvaluationError.reportShape(
          field: "the loss curve \(curve.name), \(series.name)",
          problem: "\(series.positions.count) positions for \(series.losses.count) losses")
      }
    }
  }

  /// Walks every stored property, so that a field added later is checked as well.
  private static func checkNumbers(in value: Any, path: String) throws {
    if let number = value as? Double {
      guard number.isFinite, abs(number) <= largestMagnitude else {
        throw EvaluationError.reportNumber(field: path, value: "\(number)")
      }
      return
    }
    for (index, child) in Mirror(reflecting: value).children.enumerated() {
      // An optional's payload is labelled "some", which says nothing.
      let step = child.label.map { $0 == "some" ? "" : "." + $0 } ?? "[\(index)]"
      try checkNumbers(in: child.value, path: path + step)
    }
  }
}
