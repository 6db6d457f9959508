/// Mean cost of one query under a strategy.
public struct StrategyCost: Codable, Hashable, Sendable {
  /// Tokens of the whole prompt, the persona's included.
  public var promptTokens: Double
  public var generatedTokens: Double
  /// Wall-clock seconds from prompt to last token.
  public var seconds: Double

  package init(promptTokens: Double, generatedTokens: Double, seconds: Double) {
    self.promptTokens = promptTokens
    self.generatedTokens = generatedTokens
    self.seconds = seconds
  }
}
