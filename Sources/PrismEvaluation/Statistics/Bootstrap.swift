/// Means with percentile bootstrap intervals (Efron and Tibshirani 1993, chapter 13).
package enum Bootstrap {
  /// The mean of one score per item.
  ///
  /// Values: `[item]`. The interval of one item, or of equal items, is the point itself.
  /// Throws without values, for NaN and infinities, and for settings out of range.
  package static func mean(
    _ values: [Double], settings: BootstrapSettings = BootstrapSettings()
  ) throws -> MeanEstimate {
    try settings.validate()
    try check(values, for: "a mean")
    return try estimate([values], settings: settings, for: "a mean")
  }

  /// The mean of the categories' means, each category weighing the same. Resamples are drawn inside
  /// each category, so that every one keeps its number of items.
  ///
  /// Values: `[item]` by category. Throws as `mean`, and for a category without items.
  package static func macroMean(
    _ categories: [String: [Double]], settings: BootstrapSettings = BootstrapSettings()
  ) throws -> MacroEstimate {
    try settings.validate()
    try StatisticInput.checkNotEmpty(categories.count, for: "a macro mean")
    // By name: a dictionary's order changes from run to run, and the draws follow the order.
    let sorted = categories.sorted { $0.key < $1.key }
    for (name, values) in sorted { try check(values, for: "a macro mean", group: name) }
    return try MacroEstimate(
      estimate: estimate(sorted.map(\.value), settings: settings, for: "a macro mean"),
      categories: sorted.map { name, values in
        MacroEstimate.Category(
          name: name, mean: values.reduce(0, +) / Double(values.count), count: values.count)
      })
  }

  /// Strata `[stratum][item]` and settings that were checked.
  static func estimate(
    _ strata: [[Double]], settings: BootstrapSettings, for statistic: String
  ) throws -> MeanEstimate {
    let resampling = try StratifiedResampling(strata, settings: settings, for: statistic)
    return MeanEstimate(
      mean: resampling.point, interval: resampling.interval(level: settings.level),
      count: strata.reduce(0) { $0 + $1.count })
  }

  static func check(_ values: [Double], for statistic: String, group: String? = nil) throws {
    try StatisticInput.checkNotEmpty(values.count, for: statistic, group: group)
    try StatisticInput.checkFinite(values, for: group.map { "\(statistic) (\($0))" } ?? statistic)
  }
}
