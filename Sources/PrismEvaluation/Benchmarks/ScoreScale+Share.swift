extension ScoreScale {
  /// A share of items, 0 to 1.
  package static func share(_ metric: Metric, higherIsBetter: Bool = true) -> ScoreScale {
    ScoreScale(metric: metric, minimum: 0, maximum: 1, higherIsBetter: higherIsBetter)
  }
}
