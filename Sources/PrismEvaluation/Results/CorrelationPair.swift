/// Two correlations of the same points, -1 to 1.
public struct CorrelationPair: Codable, Hashable, Sendable {
  /// Of the values.
  public var pearson: Double
  /// Of their ranks.
  public var spearman: Double
  /// Points.
  public var count: Int

  package init(pearson: Double, spearman: Double, count: Int) {
    self.pearson = pearson
    self.spearman = spearman
    self.count = count
  }
}
