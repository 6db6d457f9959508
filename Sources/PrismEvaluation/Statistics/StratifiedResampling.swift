import PrismTensor

/// Means of stratum means over resamples that are drawn with replacement inside each stratum.
///
/// One stratum gives the plain bootstrap of a mean. All strata are drawn from one stream in their
/// order, one resample after the other.
struct StratifiedResampling {
  /// The mean of the stratum means as they are.
  let point: Double
  /// `[resample]`, ascending.
  let means: [Double]

  /// Strata `[stratum][item]`: finite, and neither list empty. Throws where a sum could overflow.
  init(_ strata: [[Double]], settings: BootstrapSettings, for statistic: String) throws {
    // Twice, so that the distance of two means is a number as well.
    let largest = strata.joined().reduce(0) { max($0, abs($1)) }
    guard (largest * 2 * Double(strata.joined().count)).isFinite else {
      throw EvaluationError.statisticOverflow(statistic: statistic)
    }
    var generator = SeededGenerator(seed: settings.seed)
    var sums = [Double](repeating: 0, count: settings.resamples)
    var point = 0.0
    for stratum in strata {
      // The same additions as for a resample: equal values give the same bits, hence a point.
      point += stratum.reduce(0, +) / Double(stratum.count)
      stratum.withUnsafeBufferPointer { Self.add($0, to: &sums, with: &generator) }
    }
    let count = Double(strata.count)
    self.point = point / count
    for index in sums.indices { sums[index] /= count }
    sums.sort()
    means = sums
  }

  private static func add(
    _ stratum: UnsafeBufferPointer<Double>, to sums: inout [Double],
    with generator: inout SeededGenerator
  ) {
    let count = stratum.count
    for resample in sums.indices {
      var sum = 0.0
      for _ in 0..<count { sum += stratum[generator.index(below: count)] }
      sums[resample] += sum / Double(count)
    }
  }

  /// The middle share `level` of the resampled means (Efron's percentile interval).
  func interval(level: Double) -> ConfidenceInterval {
    let tail = (1 - level) / 2
    return ConfidenceInterval(low: quantile(tail), high: quantile(1 - tail), level: level)
  }

  /// Interpolated between order statistics, the first being 0 and the last 1, as numpy does.
  private func quantile(_ share: Double) -> Double {
    let position = share * Double(means.count - 1)
    let below = min(means.count - 1, Int(position))
    let above = min(means.count - 1, below + 1)
    return means[below] + (means[above] - means[below]) * (position - Double(below))
  }
}
