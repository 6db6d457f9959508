extension Bootstrap {
  /// The difference of two means over the same items; a resample draws whole pairs.
  ///
  /// Values: `[item]` on both sides, in one order. The p-value inverts the interval: twice the
  /// smaller share of resampled differences at or beyond zero, one being added to count and number
  /// of resamples so that it is never 0 (Davison and Hinkley 1997, section 4.2). Resampling a few
  /// pairs that agree in sign never crosses zero whatever they are, so p is at least 2^(1 - pairs),
  /// the least that flipping signs could give: 1 for one pair.
  /// Throws as `mean`, and for lists that differ in length.
  package static func difference(
    _ strategy: [Double], minus base: [Double],
    settings: BootstrapSettings = BootstrapSettings()
  ) throws -> DifferenceEstimate {
    try settings.validate()
    let statistic = "a paired difference"
    let differences = try pairedDifferences(strategy, base, for: statistic)
    return try differenceEstimate([differences], settings: settings, for: statistic)
  }

  /// The difference of two macro means over the same items, drawn in pairs inside each category.
  ///
  /// Values: `[item]` by category, the same categories on both sides. Otherwise as `difference`.
  package static func macroDifference(
    _ strategy: [String: [Double]], minus base: [String: [Double]],
    settings: BootstrapSettings = BootstrapSettings()
  ) throws -> DifferenceEstimate {
    try settings.validate()
    let statistic = "a paired macro difference"
    let onlyInOne = Set(strategy.keys).symmetricDifference(base.keys)
    guard onlyInOne.isEmpty else {
      throw EvaluationError.statisticUnequalGroups(
        statistic: statistic, onlyInOne: onlyInOne.sorted())
    }
    try StatisticInput.checkNotEmpty(strategy.count, for: statistic)
    let strata = try strategy.sorted { $0.key < $1.key }.map { name, values in
      try pairedDifferences(values, base[name] ?? [], for: statistic, group: name)
    }
    return try differenceEstimate(strata, settings: settings, for: statistic)
  }

  private static func pairedDifferences(
    _ strategy: [Double], _ base: [Double], for statistic: String, group: String? = nil
  ) throws -> [Double] {
    let place = group.map { "\(statistic) (\($0))" } ?? statistic
    try StatisticInput.checkPaired(strategy.count, base.count, for: place)
    try check(strategy, for: statistic, group: group)
    try check(base, for: statistic, group: group)
    return zip(strategy, base).map { $0 - $1 }
  }

  /// Strata `[stratum][pair]` and settings that were checked.
  private static func differenceEstimate(
    _ strata: [[Double]], settings: BootstrapSettings, for statistic: String
  ) throws -> DifferenceEstimate {
    let resampling = try StratifiedResampling(strata, settings: settings, for: statistic)
    let count = strata.reduce(0) { $0 + $1.count }
    let notAbove = resampling.means.count { $0 <= 0 }
    let notBelow = resampling.means.count { $0 >= 0 }
    let share = Double(1 + min(notAbove, notBelow)) / Double(settings.resamples + 1)
    let least = Double(sign: .plus, exponent: 1 - count, significand: 1)
    return DifferenceEstimate(
      difference: resampling.point, interval: resampling.interval(level: settings.level),
      pValue: min(1, max(2 * share, least)), count: count)
  }
}
