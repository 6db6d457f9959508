/// What the judge did over a whole run.
public struct JudgeStatistics: Codable, Hashable, Sendable {
  public let pairCount: Int
  public let verdicts: [Verdict: Int]
  /// Verdicts under the policy that was not configured.
  public let otherVerdicts: [Verdict: Int]
  /// Mean of log p(A) - log p(B) over readable pairs and both orders, in nats; above 0 favours the
  /// answer that stands first. Absent without a readable pair.
  public let positionBias: Double?
  /// Share of prompts in which the letter favoured by `positionBias` was the likelier one.
  public let favouredLetterShare: Double?
  /// Mean probability on the two letters over all pairs that are numbers.
  public let letterMass: Double?
  /// Pearson correlation over readable pairs of d with the persona answer's extra length in
  /// characters; absent with fewer than two pairs or where either side does not vary.
  public let lengthCorrelation: Double?
  public let policy: JudgeConfiguration.Policy

  public init(_ pairs: [JudgedPair], policy: JudgeConfiguration.Policy) {
    self.policy = policy
    pairCount = pairs.count
    verdicts = Self.counts(pairs.map { $0.verdict(policy) })
    otherVerdicts = Self.counts(
      pairs.map { $0.verdict(policy == .strict ? .debiased : .strict) })
    let readable = pairs.filter { $0.debiasedVerdict != .unreadable }
    let bias = Self.mean(readable.map(\.reading.positionBias))
    positionBias = bias
    favouredLetterShare = bias.flatMap { bias in
      Self.mean(
        readable.flatMap { [$0.reading.personaFirst, $0.reading.baseFirst] }
          .map { ($0.logOdds > 0) == (bias > 0) && $0.logOdds != 0 ? 1 : 0 })
    }
    letterMass = Self.mean(pairs.map(\.reading.letterMass).filter(\.isFinite))
    lengthCorrelation =
      Correlation.pearson(
        readable.map {
          ($0.reading.personaLogOdds, Double($0.pair.persona.text.count - $0.pair.base.text.count))
        }
      ).coefficient
  }

  public func count(_ verdict: Verdict) -> Int { verdicts[verdict, default: 0] }

  /// Rows the adapter learns from: the persona won.
  public var distillCount: Int { count(.persona) }
  /// Rows the base keeps: readable, and the persona did not win.
  public var retainCount: Int { count(.base) + count(.undecided) }

  private static func counts(_ verdicts: [Verdict]) -> [Verdict: Int] {
    Dictionary(
      Verdict.allCases.map { verdict in (verdict, verdicts.count { $0 == verdict }) }
    ) { first, _ in first }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
