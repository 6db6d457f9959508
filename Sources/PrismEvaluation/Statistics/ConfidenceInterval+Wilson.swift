#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ConfidenceInterval {
  /// Wilson's score interval of a share (1927): stays inside 0...1 and, unlike resampling, keeps
  /// its width where all items or none are positive.
  ///
  /// Throws without items, for more successes than items, and for a level outside 0 to 1.
  package static func wilson(
    successes: Int, of count: Int, level: Double = 0.95
  ) throws -> ConfidenceInterval {
    try StatisticInput.checkLevel(level)
    try StatisticInput.checkNotEmpty(max(0, count), for: "a share")
    guard successes >= 0, successes <= count else {
      throw EvaluationError.statisticSetting(
        name: "the number of successes", value: "\(successes)", expected: "0 to \(count)")
    }
    let items = Double(count)
    let share = Double(successes) / items
    let z = twoSidedNormal(level: level)
    let square = z * z / items
    let centre = (share + square / 2) / (1 + square)
    let reach =
      z / (1 + square) * (share * (1 - share) / items + square / items / 4).squareRoot()
    // At the ends centre and reach agree but for rounding.
    return ConfidenceInterval(
      low: successes == 0 ? 0 : max(0, centre - reach),
      high: successes == count ? 1 : min(1, centre + reach), level: level)
  }

  /// The z for which a standard normal lies in -z...z with probability `level`; found by halving.
  package static func twoSidedNormal(level: Double) -> Double {
    var (low, high) = (0.0, 40.0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if erfc(middle / 2.0.squareRoot()) > 1 - level { low = middle } else { high = middle }
    }
  }
}
