import PrismModel
import PrismRouter

/// An answer, or one piece of a streamed answer, as OpenAI's API writes it.
struct AnswerDocument: Encodable, Sendable {
  let id: String
  let object: String
  /// Seconds since 1970.
  let created: Int
  let model: String
  let systemFingerprint: String
  var choices: [AnswerChoice]
  var usage: TokenUsage?
  var prism: PrismReport?
}

struct AnswerChoice: Encodable, Sendable {
  struct Message: Encodable, Sendable {
    var role: ChatMessage.Role?
    var content: String?
  }

  let index: Int
  /// A whole chat answer.
  var message: Message?
  /// A piece of a chat answer.
  var delta: Message?
  /// A plain completion or a piece of one.
  var text: String?
  var logprobs: Nullable<LogProbabilities>
  var finishReason: Nullable<GenerationResult.FinishReason>
  /// The decision for the choice's own prompt, where several prompts share a request.
  var prism: PrismReport?
}

/// Encodes nothing as `null`, where clients expect the key.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?

  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

struct TokenUsage: Encodable, Sendable {
  struct Details: Encodable, Sendable {
    let cachedTokens: Int
  }

  let promptTokens: Int
  let completionTokens: Int
  let totalTokens: Int
  let promptTokensDetails: Details

  /// Sums over the answers of one request. Answers to one prompt count it once, as OpenAI does.
  init(_ ends: [ServingEnd], answersPerPrompt: Int) {
    let firsts = stride(from: 0, to: ends.count, by: max(1, answersPerPrompt)).map { ends[$0] }
    promptTokens = firsts.reduce(0) { $0 + $1.promptTokens }
    completionTokens = ends.reduce(0) { $0 + $1.generatedTokens }
    totalTokens = promptTokens + completionTokens
    promptTokensDetails = Details(cachedTokens: firsts.reduce(0) { $0 + $1.cachedPromptTokens })
  }
}

/// How a request was routed: the `prism` object beside `usage`.
struct PrismReport: Encodable, Hashable, Sendable {
  /// What answers.
  let route: Route
  /// The gate's probability that the adapter helps; null where it was not asked.
  let probability: Nullable<Float>
  let threshold: Nullable<Float>
  /// `off` where the gate was not asked.
  let mode: GateMode
  /// What the gate chose, which `shadow` does not follow; null where it was not asked.
  let decision: Nullable<Route>

  /// In shadow mode the base model answers, whatever the gate chose.
  init(_ found: AnswerRun.Decision, threshold: Float?, mode: GateMode) {
    route = mode == .shadow ? .base : found.route
    probability = Nullable(found.probability)
    self.threshold = Nullable(threshold)
    self.mode = mode
    decision = Nullable(found.probability == nil ? nil : found.route)
  }
}

extension Nullable: Equatable where Value: Equatable {}
extension Nullable: Hashable where Value: Hashable {}
extension Nullable: Sendable where Value: Sendable {}
