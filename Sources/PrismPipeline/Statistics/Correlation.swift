/// Correlation of paired values: verdict and extra length, routing share and persona effect.
package enum Correlation {
  /// Pearson's r. Pairs: `[pair]`, in any order.
  package static func pearson(_ pairs: [(Double, Double)]) -> CorrelationEstimate {
    coefficient(pairs.map(\.0), pairs.map(\.1))
  }

  /// Spearman's rho: Pearson's r of the ranks, equal values sharing the mean of theirs.
  package static func spearman(_ pairs: [(Double, Double)]) -> CorrelationEstimate {
    let (first, second) = (pairs.map(\.0), pairs.map(\.1))
    guard isFinite(first), isFinite(second) else {
      return .undefined(gap: .notFinite, count: pairs.count)
    }
    return coefficient(ranks(first), ranks(second))
  }

  /// From 1 upwards, `[value]`; equal values share the mean of the ranks they take.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }

  private static func coefficient(_ first: [Double], _ second: [Double]) -> CorrelationEstimate {
    let count = first.count
    guard isFinite(first), isFinite(second) else {
      return .undefined(gap: .notFinite, count: count)
    }
    guard count > 1 else { return .undefined(gap: .fewerThanTwoPairs, count: count) }
    // Compared by value: three times 0.1 has a mean beside 0.1, hence a variance above 0.
    let constant = (first.allSatisfy { $0 == first[0] }, second.allSatisfy { $0 == second[0] })
    switch constant {
    case (true, true): return .undefined(gap: .bothAreConstant, count: count)
    case (true, false): return .undefined(gap: .firstIsConstant, count: count)
    case (false, true): return .undefined(gap: .secondIsConstant, count: count)
    case (false, false): break
    }
    let (x, y) = (deviations(first), deviations(second))
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let scale = (sumOfSquares(x) * sumOfSquares(y)).squareRoot()
    return .value(coefficient: max(-1, min(1, product / scale)), count: count)
  }

  private static func isFinite(_ values: [Double]) -> Bool {
    let largest = values.reduce(0) { max($0, abs($1)) }
    // Twice, so that a distance from the mean is a number as well.
    return values.allSatisfy(\.isFinite) && (2 * largest * Double(values.count)).isFinite
  }

  private static func sumOfSquares(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }
  }

  /// Distances from the mean with the largest made 1, so that no square under- or overflows. The
  /// second centring takes off what rounding left in the mean of values that hardly vary.
  private static func deviations(_ values: [Double]) -> [Double] {
    let centred = less(mean: values)
    let largest = centred.reduce(0) { max($0, abs($1)) }
    return less(mean: centred.map { $0 / largest })
  }

  private static func less(mean values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }
}
