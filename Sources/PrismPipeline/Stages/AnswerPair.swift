public import PrismModel

/// A query with the model's two answers.
public struct AnswerPair: Codable, Hashable, Sendable {
  public struct Answer: Codable, Hashable, Sendable {
    public let text: String
    /// As generated, the end token included when the model produced one.
    public let tokenIDs: [Int32]
    public let finishReason: GenerationResult.FinishReason

    public init(text: String, tokenIDs: [Int32], finishReason: GenerationResult.FinishReason) {
      self.text = text
      self.tokenIDs = tokenIDs
      self.finishReason = finishReason
    }
  }

  public let query: Query
  /// Without a persona.
  public let base: Answer
  /// With the query's persona as system prompt.
  public let persona: Answer

  public init(query: Query, base: Answer, persona: Answer) {
    self.query = query
    self.base = base
    self.persona = persona
  }
}
