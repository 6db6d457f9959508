extension ReportContent {
  /// What personas do on one benchmark.
  public struct StudyBenchmark: Codable, Hashable, Sendable {
    public var benchmark: String
    public var scale: ScoreScale
    /// Without a persona.
    public var base: ScoreCell?
    /// Mean over personas by length and placement.
    public var lengths: [LengthScore]
    /// What each persona changes in each category.
    public var effects: [PersonaEffect]

    public init(
      benchmark: String, scale: ScoreScale, base: ScoreCell? = nil, lengths: [LengthScore] = [],
      effects: [PersonaEffect] = []
    ) {
      self.benchmark = benchmark
      self.scale = scale
      self.base = base
      self.lengths = lengths
      self.effects = effects
    }
  }

  /// A score under personas of one length, written to one place of the prompt.
  public struct LengthScore: Codable, Hashable, Sendable {
    /// Minimum, half or full.
    public var length: String
    /// System or user.
    public var placement: String
    public var score: ScoreCell

    public init(length: String, placement: String, score: ScoreCell) {
      self.length = length
      self.placement = placement
      self.score = score
    }
  }

  /// One persona's score minus base's on one category.
  public struct PersonaEffect: Codable, Hashable, Sendable {
    public var persona: String
    public var category: String
    /// In the unit of the benchmark's scale, with its 95 % interval where there is one.
    public var difference: Double
    public var low: Double?
    public var high: Double?

    public init(
      persona: String, category: String, difference: Double, low: Double? = nil,
      high: Double? = nil
    ) {
      self.persona = persona
      self.category = category
      self.difference = difference
      self.low = low
      self.high = high
    }
  }
}
