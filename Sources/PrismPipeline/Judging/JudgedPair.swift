/// An answer pair with the judge's readings and the verdicts of both policies.
public struct JudgedPair: Codable, Hashable, Sendable {
  public let pair: AnswerPair
  public let reading: JudgeReading
  /// Under the configured policy.
  public let verdict: Verdict
  /// What either policy says of the same reading, so that a report can explain the other one.
  public let debiasedVerdict: Verdict
  public let strictVerdict: Verdict

  public init(pair: AnswerPair, reading: JudgeReading, configuration: JudgeConfiguration) {
    func verdict(_ policy: JudgeConfiguration.Policy) -> Verdict {
      reading.verdict(
        policy: policy, margin: configuration.margin, floor: configuration.minLetterMass)
    }
    self.pair = pair
    self.reading = reading
    self.verdict = verdict(configuration.policy)
    debiasedVerdict = verdict(.debiased)
    strictVerdict = verdict(.strict)
  }

  /// The verdict under a policy.
  public func verdict(_ policy: JudgeConfiguration.Policy) -> Verdict {
    switch policy {
    case .debiased: debiasedVerdict
    case .strict: strictVerdict
    }
  }
}
