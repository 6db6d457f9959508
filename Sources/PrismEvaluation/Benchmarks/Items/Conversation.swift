/// User turns that are answered one after the other.
public struct Conversation: Codable, Hashable, Sendable {
  /// What the user says; each turn is asked after the answer to the one before.
  public let turns: [String]
  /// Tokens an answer may have at most.
  public let maximumTokens: Int
  public let grading: Grading

  public init(turns: [String], maximumTokens: Int, grading: Grading) {
    self.turns = turns
    self.maximumTokens = maximumTokens
    self.grading = grading
  }
}
