import PrismTraining

/// The gate beside an oracle: on items where base and adapter scored differently, did it send the item
/// to the better one?
enum OracleGate {
  private struct Row {
    let probability: Double
    let base: Double
    let adapter: Double
    var prefersAdapter: Bool { adapter > base }
  }

  /// `nil` unless base and adapter both answered items that the gate read.
  /// Throws for probabilities outside 0...1 and scores that are not finite.
  static func content(_ items: [ItemResult], threshold: Double) throws -> ReportContent.Gate? {
    let adapter = Dictionary(
      items.filter { $0.strategy == "adapter" }.map { ([$0.benchmark, $0.item], $0.score) }
    ) { first, _ in first }
    let all = items.filter { $0.strategy == "base" }.compactMap { item -> Row? in
      guard let probability = item.gateProbability, let base = item.score,
        let other = adapter[[item.benchmark, item.item]] ?? nil
      else { return nil }
      return Row(probability: Double(probability), base: base, adapter: other)
    }
    guard !all.isEmpty else { return nil }
    try StatisticInput.checkRange(all.map(\.probability), in: 0...1, for: "the gate's section")
    let confusion = try GateConfusion(
      routed: all.map { $0.probability >= threshold }, baseScores: all.map(\.base),
      adapterScores: all.map(\.adapter))
    let decided = all.filter { $0.base != $0.adapter }
    var gate = ReportContent.Gate(threshold: threshold, rows: .benchmarkItems)
    gate.notes = [
      "On \(all.count - decided.count) of \(all.count) items base and adapter scored alike; the numbers here are of the other \(decided.count)."
    ]
    gate.confusion = .init(
      reference: "oracle", adapterToAdapter: confusion.adapterAdapter,
      adapterToBase: confusion.baseAdapter, baseToAdapter: confusion.adapterBase,
      baseToBase: confusion.baseBase)
    if !decided.isEmpty { measure(decided, threshold: threshold, into: &gate) }
    return gate
  }

  private static func measure(_ rows: [Row], threshold: Double, into gate: inout ReportContent.Gate)
  {
    let probabilities = rows.map(\.probability)
    let labels = rows.map(\.prefersAdapter)
    let positives = Double(labels.count { $0 }) / Double(rows.count)
    gate.accuracy = GateMetrics.accuracy(probabilities, labels, threshold: threshold)
    gate.majorityAccuracy = max(positives, 1 - positives)
    gate.auroc = GateMetrics.auroc(probabilities, labels)
    gate.rocPoints = GateMetrics.rocPoints(probabilities, labels).map(
      ReportContent.Gate.ROCPoint.init)
    let bins = GateMetrics.calibrationBins(probabilities, labels)
    gate.calibrationError = GateMetrics.calibrationError(bins)
    gate.calibration = bins.map(ReportContent.Gate.CalibrationBin.init)
    gate.histogram = bins.map(ReportContent.Gate.HistogramBin.init)
  }
}
