extension ReportContent {
  /// One query with both of its answers.
  public struct Sample: Codable, Hashable, Sendable {
    public var query: String
    public var persona: String
    public var baseAnswer: String
    public var personaAnswer: String
    /// The judge's log-odds for the persona answer, in nats; absent without a readable verdict.
    public var logOdds: Double?
    /// What the verdict was called: persona, base, undecided, unreadable.
    public var verdict: String?
    /// The gate's probability that the adapter helps, 0 to 1.
    public var gateProbability: Double?
    /// Base or adapter.
    public var route: String?
    /// The part of the run's data the query belongs to: training or held out.
    public var split: String?

    public init(
      query: String, persona: String, baseAnswer: String, personaAnswer: String,
      logOdds: Double? = nil, verdict: String? = nil, gateProbability: Double? = nil,
      route: String? = nil, split: String? = nil
    ) {
      self.query = query
      self.persona = persona
      self.baseAnswer = baseAnswer
      self.personaAnswer = personaAnswer
      self.logOdds = logOdds
      self.verdict = verdict
      self.gateProbability = gateProbability
      self.route = route
      self.split = split
    }
  }
}
