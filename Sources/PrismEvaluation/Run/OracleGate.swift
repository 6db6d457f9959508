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
    let confusion = try GateConfusion(
      routed: all.map { $0.probability >= threshold }, baseScores: all.map(\.base),
      adapterScores: all.map(\.adapter))
    let decided = all.filter { $0.base != $0.adapter }
    var gate = ReportContent.Gate(threshold: threshold)
    gate.notes = [
      "On \(all.count - decided.count) of \(all.count) items base and adapter scored alike; the numbers here are of the other \(decided.count)."
    ]
    gate.confusion = .init(
      reference: "oracle", adapterToAdapter: confusion.adapterAdapter,
      adapterToBase: confusion.baseAdapter, baseToAdapter: confusion.adapterBase,
      baseToBase: confusion.baseBase)
    guard !decided.isEmpty else { return gate }
    try measure(decided, threshold: threshold, into: &gate)
    return gate
  }

  private static func measure(
    _ rows: [Row], threshold: Double, into gate: inout ReportContent.Gate
  ) throws {
    let probabilities = rows.map(\.probability)
    let labels = rows.map(\.prefersAdapter)
    let right = rows.count { ($0.probability >= threshold) == $0.prefersAdapter }
    let positives = Double(labels.count { $0 }) / Double(rows.count)
    gate.accuracy = Double(right) / Double(rows.count)
    gate.majorityAccuracy = max(positives, 1 - positives)
    gate.auroc = GateMetrics.auroc(probabilities.map(Float.init), labels)
    if case .points(let points) = try ROCCurve(probabilities: probabilities, labels: labels) {
      gate.rocPoints = points.map {
        .init(falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
      }
    }
    let calibration = try ProbabilityCalibration(probabilities: probabilities, labels: labels)
    gate.calibrationError = calibration.expectedError
    gate.calibration = calibration.bins.map {
      .init(meanProbability: $0.meanProbability, positiveShare: $0.positiveShare, count: $0.count)
    }
    gate.histogram = (0..<10).map { bin in
      let inside = rows.filter { min(9, Int($0.probability * 10)) == bin }
      let adapter = inside.count(where: \.prefersAdapter)
      return .init(
        low: Double(bin) / 10, high: Double(bin + 1) / 10, adapterCount: adapter,
        baseCount: inside.count - adapter)
    }
  }
}
