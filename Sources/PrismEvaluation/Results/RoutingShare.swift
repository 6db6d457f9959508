/// How much of a category the gate sends to the adapter, beside what the persona does there.
public struct RoutingShare: Codable, Hashable, Sendable {
  public var benchmark: String
  public var category: String
  /// 0 to 1.
  public var share: Double
  /// Items of the category that were routed either way.
  public var count: Int
  /// Expert persona's score minus base's, as a share of the scale; absent where the strategy was
  /// not run.
  public var personaEffect: Double?

  package init(
    benchmark: String, category: String, share: Double, count: Int, personaEffect: Double? = nil
  ) {
    self.benchmark = benchmark
    self.category = category
    self.share = share
    self.count = count
    self.personaEffect = personaEffect
  }
}
