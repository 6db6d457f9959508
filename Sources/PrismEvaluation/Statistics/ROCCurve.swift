/// Hits against false alarms as a gate's threshold falls. The area is `GateMetrics.auroc`.
package enum ROCCurve: Codable, Hashable, Sendable {
  package struct Point: Codable, Hashable, Sendable {
    /// Rows at or above it count as positive. In the first point, just above every probability.
    package let threshold: Double
    /// 0...1
    package let falsePositiveRate: Double
    /// 0...1
    package let truePositiveRate: Double
  }

  /// First (0, 0), then one point per distinct probability from the highest down; the last is (1, 1).
  case points([Point])
  /// Every label is the same, or there is none: one of the two rates has no rows.
  case oneClassOnly(count: Int)

  /// Probabilities and labels: `[row]`, in one order. Throws for lists that differ in length and for
  /// probabilities outside 0...1 (NaN included).
  package init(probabilities: [Double], labels: [Bool]) throws {
    try StatisticInput.checkPaired(probabilities.count, labels.count, for: "an ROC curve")
    try StatisticInput.checkRange(probabilities, in: 0...1, for: "an ROC curve")
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else {
      self = .oneClassOnly(count: labels.count)
      return
    }
    let order = labels.indices.sorted { probabilities[$0] > probabilities[$1] }
    var points = [
      Point(
        threshold: probabilities[order[0]].nextUp, falsePositiveRate: 0, truePositiveRate: 0)
    ]
    var (hits, alarms) = (0, 0)
    for (position, row) in order.enumerated() {
      if labels[row] { hits += 1 } else { alarms += 1 }
      let isLast = position + 1 == order.count
      // Equal probabilities pass together: a point between them would be no threshold's.
      guard isLast || probabilities[order[position + 1]] != probabilities[row] else { continue }
      points.append(
        Point(
          threshold: probabilities[row],
          falsePositiveRate: Double(alarms) / Double(negatives),
          truePositiveRate: Double(hits) / Double(positives)))
    }
    self = .points(points)
  }
}
