extension ReportContent {
  /// What personas do on one benchmark.
  public struct StudyBenchmark: Codable, Hashable, Sendable {
    public var benchmark: String
    public var scale: ScoreScale
    /// Without a persona.
    public var base: ScoreCell?
    /// Mean over personas by length and placement.
    public var lengths: [LengthScore]
    /// Each persona over the whole benchmark.
    public var personas: [PersonaScore]
    /// What each persona changes in each category.
    public var effects: [PersonaEffect]
    /// Whether both placements are one and the same prompt, as in raw multiple choice.
    public var placesAreOne: Bool

    public init(
      benchmark: String, scale: ScoreScale, base: ScoreCell? = nil, lengths: [LengthScore] = [],
      personas: [PersonaScore] = [], effects: [PersonaEffect] = [], placesAreOne: Bool = false
    ) {
      self.benchmark = benchmark
      self.scale = scale
      self.base = base
      self.lengths = lengths
      self.personas = personas
      self.effects = effects
      self.placesAreOne = placesAreOne
    }
  }

  /// A score under personas of one length, written to one place of the prompt.
  public struct LengthScore: Codable, Hashable, Sendable {
    /// Minimum, short or long.
    public var length: String
    /// System or user.
    public var placement: String
    public var score: ScoreCell
    /// Beside base, item by item.
    public var comparison: StrategyComparison?

    public init(
      length: String, placement: String, score: ScoreCell, comparison: StrategyComparison? = nil
    ) {
      self.length = length
      self.placement = placement
      self.score = score
      self.comparison = comparison
    }
  }

  /// One persona's score on a whole benchmark.
  public struct PersonaScore: Codable, Hashable, Sendable {
    public var persona: String
    public var length: String
    public var placement: String
    public var score: ScoreCell
    /// Beside base, item by item.
    public var comparison: StrategyComparison?

    public init(
      persona: String, length: String, placement: String, score: ScoreCell,
      comparison: StrategyComparison? = nil
    ) {
      self.persona = persona
      self.length = length
      self.placement = placement
      self.score = score
      self.comparison = comparison
    }
  }

  /// One persona's score minus base's on one category.
  public struct PersonaEffect: Codable, Hashable, Sendable {
    public var persona: String
    public var length: String
    public var placement: String
    public var category: String
    /// In the unit of the benchmark's scale, with its 95 % interval where there is one.
    public var difference: Double
    public var low: Double?
    public var high: Double?
    /// Whether the numbers support the difference; absent where there is no interval.
    public var isSupported: Bool?

    public init(
      persona: String, length: String, placement: String, category: String, difference: Double,
      low: Double? = nil, high: Double? = nil, isSupported: Bool? = nil
    ) {
      self.persona = persona
      self.length = length
      self.placement = placement
      self.category = category
      self.difference = difference
      self.low = low
      self.high = high
      self.isSupported = isSupported
    }
  }
}
