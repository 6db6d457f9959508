/// Numbers that say how well probabilities fit yes-or-no labels. All arrays are `[row]`, probabilities
/// 0...1.
package enum GateMetrics {
  /// Share of rows on the right side of `threshold`; `nil` without rows.
  package static func accuracy(
    _ probabilities: [Double], _ labels: [Bool], threshold: Double
  ) -> Double? {
    guard !labels.isEmpty else { return nil }
    let right = zip(probabilities, labels).count { ($0 >= threshold) == $1 }
    return Double(right) / Double(labels.count)
  }

  /// Mean of the accuracies on either class; `nil` unless both are there.
  package static func balancedAccuracy(
    _ probabilities: [Double], _ labels: [Bool], threshold: Double
  ) -> Double? {
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let rows = Array(zip(probabilities, labels))
    let hits = rows.count { $1 && $0 >= threshold }
    let rejections = rows.count { !$1 && !($0 >= threshold) }
    return (Double(hits) / Double(positives) + Double(rejections) / Double(negatives)) / 2
  }

  /// Chance that a row of the adapter's class scores above one of the base's, ties counting half
  /// (Mann-Whitney from mean ranks); `nil` unless both classes are there.
  package static func auroc(_ probabilities: [Double], _ labels: [Bool]) -> Double? {
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = labels.indices.sorted { probabilities[$0] < probabilities[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, probabilities[order[end]] == probabilities[order[start]] { end += 1 }
      // Ranks start + 1 to end share their mean.
      let rank = Double(start + 1 + end) / 2
      rankSum += rank * Double(order[start..<end].count { labels[$0] })
      start = end
    }
    let least = Double(positives) * Double(positives + 1) / 2
    return (rankSum - least) / (Double(positives) * Double(negatives))
  }

  /// The curve of hits against false alarms, one point per distinct probability used as the
  /// threshold, from the highest down; it starts at (0, 0). Empty unless both classes are there.
  package static func rocPoints(_ probabilities: [Double], _ labels: [Bool]) -> [GateReport
    .ROCPoint]
  {
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { return [] }
    let order = labels.indices.sorted { probabilities[$0] > probabilities[$1] }
    var points: [GateReport.ROCPoint] = []
    var (hits, alarms) = (0, 0)
    for (position, row) in order.enumerated() {
      if labels[row] { hits += 1 } else { alarms += 1 }
      let isLast = position + 1 == order.count
      if isLast || probabilities[order[position + 1]] != probabilities[row] {
        points.append(
          GateReport.ROCPoint(
            threshold: Float(probabilities[row]),
            falsePositiveRate: Double(alarms) / Double(negatives),
            truePositiveRate: Double(hits) / Double(positives)))
      }
    }
    return points
  }

  /// Rows by probability in bins of equal width; the last holds 1 as well.
  package static func calibrationBins(
    _ probabilities: [Double], _ labels: [Bool], count: Int = 10
  ) -> [GateReport.CalibrationBin] {
    var rows = [Int](repeating: 0, count: count)
    var sums = [Double](repeating: 0, count: count)
    var positives = [Int](repeating: 0, count: count)
    for (probability, label) in zip(probabilities, labels) {
      var bin = min(count - 1, Int(probability * Double(count)))
      // The product may round up to a bound that the probability does not reach.
      if probability < Double(bin) / Double(count) { bin -= 1 }
      rows[bin] += 1
      sums[bin] += probability
      positives[bin] += label ? 1 : 0
    }
    return (0..<count).map { bin in
      let size = Double(max(rows[bin], 1))
      return GateReport.CalibrationBin(
        lowerBound: Double(bin) / Double(count), upperBound: Double(bin + 1) / Double(count),
        count: rows[bin], meanProbability: sums[bin] / size,
        positiveShare: Double(positives[bin]) / size)
    }
  }

  /// Mean distance between probability and share of positives over the bins, weighted by rows
  /// (Naeini et al., AAAI 2015); `nil` without rows.
  package static func calibrationError(_ bins: [GateReport.CalibrationBin]) -> Double? {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    return bins.reduce(0) {
      $0 + Double($1.count) / Double(total) * abs($1.meanProbability - $1.positiveShare)
    }
  }
}
