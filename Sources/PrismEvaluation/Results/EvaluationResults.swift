/// What `prism eval` and `prism study` found: everything the report shows, and `results.json`.
public struct EvaluationResults: Codable, Hashable, Sendable {
  /// The version this build writes; a reader refuses others.
  public static let currentVersion = 1
  public var version = currentVersion
  public var settings: EvaluationProvenance
  /// Benchmark name, then category (`allCategories` holds every item), then strategy name.
  public var results: [String: [String: [String: ScoreCell]]]
  /// Unit and direction of each benchmark's score, by benchmark name.
  public var scales: [String: ScoreScale]
  /// The paper's overall: macro mean of the sub-categories, 0 to 100, by strategy.
  public var overall: [String: ScoreCell]
  /// Each strategy beside base, paired item by item.
  public var comparisons: [StrategyComparison]
  /// Share of items the gate routed to the adapter, by benchmark and category, beside the persona's
  /// effect there.
  public var routing: [RoutingShare]
  /// Correlation of routing share with persona effect; absent with fewer than three categories.
  public var routingCorrelation: CorrelationPair?
  /// Mean cost of one query, by strategy.
  public var costs: [String: StrategyCost]
  /// Opening phrases beside the judge on the same outputs, by benchmark.
  public var refusalAgreement: [String: RefusalAgreement]

  /// The category of `results` that holds every item of its benchmark.
  package static let allCategories = "all"

  package init(
    settings: EvaluationProvenance, results: [String: [String: [String: ScoreCell]]] = [:],
    scales: [String: ScoreScale] = [:], overall: [String: ScoreCell] = [:],
    comparisons: [StrategyComparison] = [], routing: [RoutingShare] = [],
    routingCorrelation: CorrelationPair? = nil, costs: [String: StrategyCost] = [:],
    refusalAgreement: [String: RefusalAgreement] = [:]
  ) {
    self.settings = settings
    self.results = results
    self.scales = scales
    self.overall = overall
    self.comparisons = comparisons
    self.routing = routing
    self.routingCorrelation = routingCorrelation
    self.costs = costs
    self.refusalAgreement = refusalAgreement
  }
}
