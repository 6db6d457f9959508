/// What a request's reader hears, in the order of the cases.
public enum ServingEvent: Hashable, Sendable {
  /// First of all, and once: what the gate chose and its probability of the adapter. Without a gate,
  /// the route that was asked for and no probability. In shadow mode the base model answers
  /// whatever the gate chose.
  case decided(route: Route, probability: Float?)
  /// Text that is now certain, and the tokens accepted since the event before. Tokens that made no text
  /// certain come with a later event. A reader that falls behind gets one event with everything it has
  /// missed.
  case text(String, tokens: [ServingToken])
  /// The last event.
  case finished(ServingEnd)
}

public struct ServingToken: Hashable, Sendable {
  /// A token that might have been drawn.
  public struct Alternative: Hashable, Sendable {
    public let id: Int32
    public let bytes: [UInt8]
    public let logProbability: Float

    public init(id: Int32, bytes: [UInt8], logProbability: Float) {
      self.id = id
      self.bytes = bytes
      self.logProbability = logProbability
    }
  }

  public let id: Int32
  /// What the token stands for, often not whole characters; empty for control tokens, such as the one
  /// that ends a turn.
  public let bytes: [UInt8]
  /// Natural log of the token's probability under the model at temperature 1.
  public let logProbability: Float
  /// As many likeliest tokens as were asked for, likeliest first.
  public let top: [Alternative]

  public init(id: Int32, bytes: [UInt8], logProbability: Float, top: [Alternative] = []) {
    self.id = id
    self.bytes = bytes
    self.logProbability = logProbability
    self.top = top
  }
}

/// How an answer ended and what it took.
public struct ServingEnd: Hashable, Sendable {
  public let reason: GenerationResult.FinishReason
  /// What answered.
  public let route: Route
  public let promptTokens: Int
  /// Prompt tokens whose keys and values were kept from earlier requests.
  public let cachedPromptTokens: Int
  /// The end token included, when the model produced one.
  public let generatedTokens: Int
  /// From `submit` to the first token.
  public let secondsToFirstToken: Double
  /// From `submit` to the last token.
  public let seconds: Double

  public init(
    reason: GenerationResult.FinishReason, route: Route, promptTokens: Int,
    cachedPromptTokens: Int, generatedTokens: Int, secondsToFirstToken: Double, seconds: Double
  ) {
    self.reason = reason
    self.route = route
    self.promptTokens = promptTokens
    self.cachedPromptTokens = cachedPromptTokens
    self.generatedTokens = generatedTokens
    self.secondsToFirstToken = secondsToFirstToken
    self.seconds = seconds
  }
}
