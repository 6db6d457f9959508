/// Whether rows given probability p are positive in a share p of cases.
package struct ProbabilityCalibration: Codable, Hashable, Sendable {
  package struct Bin: Codable, Hashable, Sendable {
    /// Inside the bin.
    package let lowerBound: Double
    /// In the next bin, except that the last one holds 1.
    package let upperBound: Double
    package let count: Int
    package let meanProbability: Double
    package let positiveShare: Double
  }

  package static let binCountRange = 1...1000

  /// Bins of equal width that hold a row, from the lowest.
  package let bins: [Bin]
  /// Mean distance between a bin's probability and its share of positives, weighted by rows, 0...1
  /// (Naeini et al., AAAI 2015).
  package let expectedError: Double
  /// Mean squared distance between probability and label, 0...1 (Brier 1950).
  package let brierScore: Double
  package let count: Int

  /// Probabilities and labels: `[row]`, in one order. Throws without rows, for lists that differ in
  /// length, for probabilities outside 0...1 (NaN included) and for `binCount` out of range.
  package init(probabilities: [Double], labels: [Bool], binCount: Int = 10) throws {
    try StatisticInput.checkPaired(probabilities.count, labels.count, for: "calibration")
    try StatisticInput.checkNotEmpty(labels.count, for: "calibration")
    try StatisticInput.checkRange(probabilities, in: 0...1, for: "calibration")
    guard Self.binCountRange.contains(binCount) else {
      throw EvaluationError.statisticSetting(
        name: "the number of calibration bins", value: "\(binCount)",
        expected: "\(Self.binCountRange.lowerBound) to \(Self.binCountRange.upperBound)")
    }
    let rows = Double(labels.count)
    bins = Self.bins(probabilities, labels, binCount)
    expectedError = bins.reduce(0) {
      $0 + Double($1.count) / rows * abs($1.meanProbability - $1.positiveShare)
    }
    let squares = zip(probabilities, labels).reduce(0.0) { sum, row in
      let distance = row.0 - (row.1 ? 1 : 0)
      return sum + distance * distance
    }
    brierScore = squares / rows
    count = labels.count
  }

  private static func bins(_ probabilities: [Double], _ labels: [Bool], _ binCount: Int) -> [Bin] {
    let bounds = (0...binCount).map { Double($0) / Double(binCount) }
    var counts = [Int](repeating: 0, count: binCount)
    var sums = [Double](repeating: 0, count: binCount)
    var positives = [Int](repeating: 0, count: binCount)
    for (probability, label) in zip(probabilities, labels) {
      var bin = min(binCount - 1, Int(probability * Double(binCount)))
      // The product may round up to a bound that the probability does not reach.
      if probability < bounds[bin] { bin -= 1 }
      counts[bin] += 1
      sums[bin] += probability
      positives[bin] += label ? 1 : 0
    }
    return counts.indices.filter { counts[$0] > 0 }.map { bin in
      Bin(
        lowerBound: bounds[bin], upperBound: bounds[bin + 1], count: counts[bin],
        meanProbability: sums[bin] / Double(counts[bin]),
        positiveShare: Double(positives[bin]) / Double(counts[bin]))
    }
  }
}
