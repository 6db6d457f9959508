/// The judge's readings of one pair in both orders, and the verdicts that follow.
public struct JudgeReading: Codable, Hashable, Sendable {
  /// A is the persona's answer, B the base's.
  public let personaFirst: LetterReading
  /// A is the base's answer, B the persona's.
  public let baseFirst: LetterReading

  public init(personaFirst: LetterReading, baseFirst: LetterReading) {
    self.personaFirst = personaFirst
    self.baseFirst = baseFirst
  }

  /// d: mean over both orders of log p(persona's letter) - log p(base's letter), in nats. What the
  /// judge adds to a position in both orders cancels.
  public var personaLogOdds: Double { (personaFirst.logOdds - baseFirst.logOdds) / 2 }
  /// Mean over both orders of log p(A) - log p(B), in nats; above 0 favours the first answer.
  public var positionBias: Double { (personaFirst.logOdds + baseFirst.logOdds) / 2 }
  /// Mean probability on the two letters.
  public var letterMass: Double { (personaFirst.mass + baseFirst.mass) / 2 }

  /// Both orders are numbers and put at least `floor` on the letters.
  func isReadable(floor: Double) -> Bool {
    [personaFirst, baseFirst].allSatisfy {
      $0.logOdds.isFinite && $0.mass.isFinite && $0.mass >= floor
    }
  }

  public func verdict(policy: JudgeConfiguration.Policy, margin: Double, floor: Double) -> Verdict {
    guard isReadable(floor: floor) else { return .unreadable }
    switch policy {
    case .debiased:
      if personaLogOdds > margin { return .persona }
      return personaLogOdds < -margin ? .base : .undecided
    case .strict:
      if personaFirst.logOdds > 0 && baseFirst.logOdds < 0 { return .persona }
      return personaFirst.logOdds < 0 && baseFirst.logOdds > 0 ? .base : .undecided
    }
  }
}
