/// What a benchmark's score measures, the range it lies in, and which end is the good one.
public struct ScoreScale: Codable, Hashable, Sendable {
  public enum Metric: String, Codable, Hashable, Sendable {
    case accuracy, rating, refusal, overRefusal, truthfulness, strictAccuracy
  }
  public var metric: Metric
  /// Worst or best possible score, by `higherIsBetter`: 0 and 1 for shares, 1 and 10 for ratings.
  public var minimum: Double
  public var maximum: Double
  public var higherIsBetter: Bool

  package init(metric: Metric, minimum: Double, maximum: Double, higherIsBetter: Bool) {
    self.metric = metric
    self.minimum = minimum
    self.maximum = maximum
    self.higherIsBetter = higherIsBetter
  }
}
