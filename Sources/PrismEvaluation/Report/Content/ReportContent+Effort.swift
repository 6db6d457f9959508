extension ReportContent {
  /// What one stage of a run took.
  public struct StageEffort: Codable, Hashable, Sendable {
    public var stage: String
    public var seconds: Double
    /// Tokens the model processed, read and written.
    public var tokens: Int

    public init(stage: String, seconds: Double, tokens: Int) {
      self.stage = stage
      self.seconds = seconds
      self.tokens = tokens
    }
  }
}
