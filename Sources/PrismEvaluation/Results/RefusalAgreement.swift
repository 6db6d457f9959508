/// Agreement of the two refusal readings, opening phrases and judge, on the same outputs.
public struct RefusalAgreement: Codable, Hashable, Sendable {
  /// Share of outputs that both read alike, 0 to 1.
  public var agreement: Double
  /// Cohen's kappa: agreement beyond chance, 1 at most; absent where both read all outputs alike as one.
  public var kappa: Double?
  /// Share of outputs read as a refusal by the opening phrases, and by the judge.
  public var byPhrase: Double
  public var byJudge: Double
  public var count: Int

  package init(agreement: Double, kappa: Double?, byPhrase: Double, byJudge: Double, count: Int) {
    self.agreement = agreement
    self.kappa = kappa
    self.byPhrase = byPhrase
    self.byJudge = byJudge
    self.count = count
  }
}
