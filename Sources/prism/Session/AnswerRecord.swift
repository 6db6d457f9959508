import PrismModel

/// One answer as `--json` prints it.
struct AnswerRecord: Encodable {
  let text: String
  let tokenIDs: [Int32]
  /// Natural logarithms, one a token.
  let logProbabilities: [Float]
  let promptTokenIDs: [Int32]
  let route: Route
  /// The gate's probability of the adapter; null without a gate.
  let probability: Float?
  let finishReason: GenerationResult.FinishReason
  /// From the start of the batch to its end.
  let seconds: Double
  /// From the start of the process to the first token, model loading included; null where several
  /// prompts shared batches and in a conversation.
  let timeToFirstToken: Double?

  init(
    _ result: GenerationResult, prompt: RenderedPrompt, seconds: Double,
    timeToFirstToken: Double? = nil
  ) {
    text = result.text
    tokenIDs = result.tokenIDs
    logProbabilities = result.logProbabilities
    promptTokenIDs = prompt.tokens
    route = result.route
    probability = result.probability
    finishReason = result.finishReason
    self.seconds = seconds
    self.timeToFirstToken = timeToFirstToken
  }

  private enum CodingKeys: CodingKey {
    case text, tokenIDs, logProbabilities, promptTokenIDs, route, probability, finishReason, seconds
    case timeToFirstToken
  }

  /// Every key is always there, as null where there is nothing to say.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(text, forKey: .text)
    try container.encode(tokenIDs, forKey: .tokenIDs)
    try container.encode(logProbabilities, forKey: .logProbabilities)
    try container.encode(promptTokenIDs, forKey: .promptTokenIDs)
    try container.encode(route, forKey: .route)
    try container.encode(probability, forKey: .probability)
    try container.encode(finishReason, forKey: .finishReason)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(timeToFirstToken, forKey: .timeToFirstToken)
  }

  /// Such as `adapter, probability 0.83, 80 tokens (length), 1.4 s`.
  var remark: String {
    var parts = [route.rawValue]
    if let probability { parts.append("probability " + Quantity.decimal(Double(probability), 2)) }
    let ending = finishReason == .length ? " (cut at --max-tokens)" : ""
    parts.append("\(tokenIDs.count) token\(tokenIDs.count == 1 ? "" : "s")\(ending)")
    parts.append(Quantity.seconds(seconds))
    return "[" + parts.joined(separator: ", ") + "]"
  }
}
