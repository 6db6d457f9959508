/// Stage 3: how the model's comparison of two answers becomes a verdict.
public struct JudgeConfiguration: Codable, Hashable, Sendable {
  public enum Policy: String, ChoiceSetting {
    /// The mean log-odds over both orders decide, so that a preference for a position cancels.
    case debiased
    /// The paper's rule: the persona wins only if it wins in both orders.
    case strict
  }

  public var policy = Policy.debiased
  /// Mean log-odds (nats) the debiased policy asks for before either side wins. Range 0...100.
  public var margin = 0.0
  /// Probability the two letters must hold together, in each order, for the verdict to be readable.
  /// Range 0...1. A model that answers with a letter puts nearly everything there; below 0.01 the
  /// log-odds compare two accidents.
  public var minLetterMass = 0.01
  /// Tokens of each answer shown to the judge; the rest is cut. Range 8...32768; paper 512.
  public var maxAnswerTokens = 512
  /// Tokens of the whole prompt; both answers are cut further until it fits. Range 128...131072.
  public var maxPromptTokens = 2048

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("margin", margin, in: 0...100)
    check.expect("minLetterMass", minLetterMass, in: 0...1)
    check.expect("maxAnswerTokens", maxAnswerTokens, in: 8...32_768)
    check.expect("maxPromptTokens", maxPromptTokens, in: 128...131_072)
    return check.problems
  }
}
