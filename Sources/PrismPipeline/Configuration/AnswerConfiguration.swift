/// Stage 2: two answers to each query.
public struct AnswerConfiguration: Codable, Hashable, Sendable {
  /// Sampling temperature. Range 0...10; paper 0.7.
  public var temperature = 0.7
  /// Tokens of an answer. Range 1...32768; paper 512.
  public var maxTokens = 512

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("temperature", temperature, in: 0...10)
    check.expect("maxTokens", maxTokens, in: 1...32_768)
    return check.problems
  }
}
