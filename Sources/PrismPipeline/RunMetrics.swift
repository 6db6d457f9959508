/// The numbers of a run, as `metrics.json` holds them.
public struct RunMetrics: Codable, Hashable, Sendable {
  public struct Verdicts: Codable, Hashable, Sendable {
    public var persona = 0
    public var base = 0
    public var undecided = 0
    public var unreadable = 0
    public init() {}
  }

  public struct Judge: Codable, Hashable, Sendable {
    /// Nats toward the first answer.
    public var positionBias: Double?
    public var letterMass: Double?
    public var lengthCorrelation: Double?
    public init() {}
  }

  public struct Gate: Codable, Hashable, Sendable {
    public var heldOutAccuracy: Double?
    public var majorityAccuracy: Double?
    public var auroc: Double?
    public var heldOutCount = 0
    public init() {}
  }

  public struct Distillation: Codable, Hashable, Sendable {
    public var heldOutKLBefore: Double?
    public var heldOutKLAfter: Double?
    public var heldOutTop1AgreementBefore: Double?
    public var heldOutTop1AgreementAfter: Double?
    public var stepZeroLoss: Double?
    public var lastLoss: Double?
    public init() {}
  }

  public var queries = 0
  public var distill = 0
  public var retain = 0
  public var verdicts = Verdicts()
  public var judge = Judge()
  /// Absent until the gate is trained.
  public var gate: Gate?
  /// Absent until the adapter is trained.
  public var distillation: Distillation?
  /// By stage name.
  public var seconds: [String: Double] = [:]
  public var tokens: [String: Int] = [:]
  public var peakResidentBytes: Int?

  public init() {}

  /// Fills the counts and the judge's numbers.
  public mutating func record(_ statistics: JudgeStatistics) {
    queries = statistics.pairCount
    distill = statistics.distillCount
    retain = statistics.retainCount
    verdicts.persona = statistics.count(.persona)
    verdicts.base = statistics.count(.base)
    verdicts.undecided = statistics.count(.undecided)
    verdicts.unreadable = statistics.count(.unreadable)
    judge.positionBias = statistics.positionBias
    judge.letterMass = statistics.letterMass
    judge.lengthCorrelation = statistics.lengthCorrelation
  }
}
