package import PrismTraining

/// The gate on the queries that nothing was trained on, with the numbers of its training's report.
package enum HeldOutGate {
  /// More rows than any run has.
  private static let counts = 0...1_000_000_000

  /// Throws `EvaluationError.reportNumber` for counts and shares out of range, and for counts that
  /// contradict one another.
  package static func content(_ report: GateReport) throws -> ReportContent.Gate {
    try check(report)
    return ReportContent.Gate(
      threshold: Double(report.threshold), accuracy: report.heldOutAccuracy,
      majorityAccuracy: report.majorityAccuracy, balancedAccuracy: report.balancedAccuracy,
      auroc: report.auroc, calibrationError: report.calibrationError,
      rocPoints: report.rocPoints.map(ReportContent.Gate.ROCPoint.init),
      calibration: report.calibrationBins.map(ReportContent.Gate.CalibrationBin.init),
      histogram: report.calibrationBins.map(ReportContent.Gate.HistogramBin.init),
      confusion: try confusion(report.strata), notes: report.notes.map(sentence))
  }

  /// The four counts from the three sums that the report holds, persona by persona. With n rows, of
  /// which p belong to the adapter, r are routed to it and c are routed rightly, the adapter gets
  /// t of its own and n - p - (r - t) of base's rows stay there: c = t + n - p - r + t.
  private static func confusion(
    _ strata: [GateReport.Stratum]
  ) throws -> ReportContent.Gate.Confusion? {
    let rows = strata.reduce(0) { $0 + $1.heldOutCount }
    guard rows > 0 else { return nil }
    let positives = strata.reduce(0) { $0 + $1.positiveCount }
    let routed = strata.reduce(0) { $0 + $1.routedCount }
    let right = strata.reduce(0) { sum, stratum in
      sum + Int(((stratum.accuracy ?? 0) * Double(stratum.heldOutCount)).rounded())
    }
    let twice = right - rows + positives + routed
    let hits = twice / 2
    let confusion = ReportContent.Gate.Confusion(
      reference: "the judge's verdict", adapterToAdapter: hits, adapterToBase: positives - hits,
      baseToAdapter: routed - hits, baseToBase: rows - positives - (routed - hits))
    let counts = [
      confusion.adapterToAdapter, confusion.adapterToBase, confusion.baseToAdapter,
      confusion.baseToBase,
    ]
    guard twice.isMultiple(of: 2), counts.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.reportNumber(
        field: "the gate's counts, which contradict one another",
        value: counts.map(String.init).joined(separator: ", "))
    }
    return confusion
  }

  /// What is counted here must not overflow, whatever the file holds.
  private static func check(_ report: GateReport) throws {
    let bins = report.calibrationBins
    let strata = report.strata
    let numbers =
      bins.map(\.count)
      + strata.flatMap {
        [$0.heldOutCount, $0.positiveCount, $0.routedCount]
      }
    if let wrong = numbers.first(where: { !counts.contains($0) }) {
      throw EvaluationError.reportNumber(field: "a count of the gate's report", value: "\(wrong)")
    }
    let shares = bins.map(\.positiveShare) + strata.compactMap(\.accuracy)
    if let wrong = shares.first(where: { !(0...1).contains($0) }) {
      throw EvaluationError.reportNumber(field: "a share of the gate's report", value: "\(wrong)")
    }
  }

  /// The trainer's notes begin small and have no full stop.
  private static func sentence(_ note: String) -> String {
    note.prefix(1).uppercased() + note.dropFirst() + (note.hasSuffix(".") ? "" : ".")
  }
}
