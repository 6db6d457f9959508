/// The paper's overall: the mean of up to fifteen sub-categories, each on 0 to 100 and each
/// weighing the same.
package struct OverallScore: Codable, Hashable, Sendable {
  package struct Category: Codable, Hashable, Sendable {
    package let category: OverallCategory
    /// 0...100.
    package let mean: Double
    package let count: Int
  }

  /// 0...100; its interval resamples inside each sub-category.
  package let estimate: MeanEstimate
  /// In the order of `OverallCategory`.
  package let categories: [Category]
  /// Sub-categories without an item. Unless this is empty, the number is not the paper's overall
  /// and may only be compared with one that lacks the same.
  package let missing: [OverallCategory]

  /// Scores: `[item]` by sub-category, in `OverallCategory.itemRange`; one value a question, so a
  /// question of two turns counts by their mean and is resampled whole.
  /// Throws without any item, for scores off their scale (NaN included) and for bad settings.
  package init(
    _ scores: [OverallCategory: [Double]], settings: BootstrapSettings = BootstrapSettings()
  ) throws {
    try settings.validate()
    let strata = try Self.strata(scores)
    try StatisticInput.checkNotEmpty(strata.count, for: Self.statistic)
    estimate = try Bootstrap.estimate(
      strata.map(\.values), settings: settings, for: Self.statistic)
    categories = strata.map { category, values in
      Category(
        category: category, mean: values.reduce(0, +) / Double(values.count), count: values.count)
    }
    let present = Set(strata.map(\.category))
    missing = OverallCategory.allCases.filter { !present.contains($0) }
  }

  /// The overall of one strategy minus that of another, both scored on the same items.
  ///
  /// Scores as in `init`, with the same sub-categories on both sides; the result is in points of
  /// 100. Throws also where sub-categories or numbers of items differ.
  package static func difference(
    _ strategy: [OverallCategory: [Double]], minus base: [OverallCategory: [Double]],
    settings: BootstrapSettings = BootstrapSettings()
  ) throws -> DifferenceEstimate {
    func named(_ scores: [OverallCategory: [Double]]) throws -> [String: [Double]] {
      try Dictionary(
        uniqueKeysWithValues: strata(scores).map { ($0.category.rawValue, $0.values) })
    }
    return try Bootstrap.macroDifference(named(strategy), minus: named(base), settings: settings)
  }

  private static let statistic = "the overall score"

  /// Sub-categories with items, in order, their values on 0 to 100.
  private static func strata(
    _ scores: [OverallCategory: [Double]]
  ) throws -> [(category: OverallCategory, values: [Double])] {
    try OverallCategory.allCases.compactMap { category in
      guard let values = scores[category], !values.isEmpty else { return nil }
      try StatisticInput.checkRange(
        values, in: category.itemRange, for: "\(statistic) (\(category.rawValue))")
      return (category, values.map { $0 * category.factor })
    }
  }
}
