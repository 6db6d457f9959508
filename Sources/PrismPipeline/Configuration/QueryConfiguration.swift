/// Stage 1: the queries each persona should answer well.
public struct QueryConfiguration: Codable, Hashable, Sendable {
  /// Queries kept for each persona. Range 1...10000; paper 50.
  public var perPersona = 50
  /// Sampling temperature. Range 0...10; paper 0.9.
  public var temperature = 0.9
  /// Tokens of one query; only its first line is kept. Range 4...1024.
  public var maxTokens = 64
  /// Queries of this many characters or fewer are dropped. Range 0...1000; paper 15.
  public var tooShort = 15
  /// Rounds of prompts: the first asks `perPersona` times, each later one for what is still
  /// missing. Range 1...100.
  public var attempts = 4

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("perPersona", perPersona, in: 1...10_000)
    check.expect("temperature", temperature, in: 0...10)
    check.expect("maxTokens", maxTokens, in: 4...1024)
    check.expect("tooShort", tooShort, in: 0...1000)
    check.expect("attempts", attempts, in: 1...100)
    return check.problems
  }
}
