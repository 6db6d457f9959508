import PrismTraining

// The trainer's numbers as the report shows them.

extension ReportContent.Gate.ROCPoint {
  init(_ point: GateReport.ROCPoint) {
    self.init(
      falsePositiveRate: point.falsePositiveRate, truePositiveRate: point.truePositiveRate)
  }
}

extension ReportContent.Gate.CalibrationBin {
  init(_ bin: GateReport.CalibrationBin) {
    self.init(
      meanProbability: bin.meanProbability, positiveShare: bin.positiveShare, count: bin.count)
  }
}

extension ReportContent.Gate.HistogramBin {
  init(_ bin: GateReport.CalibrationBin) {
    // A share of whole rows: rounding gives back their number. Clamped, for a file may hold anything.
    let share = min(1, max(0, bin.positiveShare))
    let adapter = Int((share * Double(bin.count)).rounded())
    self.init(
      low: bin.lowerBound, high: bin.upperBound, adapterCount: adapter,
      baseCount: bin.count - adapter)
  }
}
