extension ReportContent {
  /// What the judge decided over one persona's queries.
  public struct PersonaVerdicts: Codable, Hashable, Sendable {
    public var persona: String
    /// Queries the persona won: the adapter learns from them.
    public var distill: Int
    /// Queries the base keeps: it won, or there was no winner.
    public var retain: Int
    public var unreadable: Int

    public init(persona: String, distill: Int, retain: Int, unreadable: Int = 0) {
      self.persona = persona
      self.distill = distill
      self.retain = retain
      self.unreadable = unreadable
    }
  }

  /// What the judge did whatever the answers were.
  public struct JudgeBias: Codable, Hashable, Sendable {
    /// Mean log-odds of the answer that stands first, in nats, over both orders.
    public var positionBias: Double?
    /// Mean probability on the two letters, 0 to 1.
    public var letterMass: Double?
    /// Pearson correlation of the verdict's log-odds with the persona answer's extra length.
    public var lengthCorrelation: Double?
    /// Pairs that were judged.
    public var pairCount: Int

    public init(
      positionBias: Double? = nil, letterMass: Double? = nil, lengthCorrelation: Double? = nil,
      pairCount: Int
    ) {
      self.positionBias = positionBias
      self.letterMass = letterMass
      self.lengthCorrelation = lengthCorrelation
      self.pairCount = pairCount
    }
  }
}
