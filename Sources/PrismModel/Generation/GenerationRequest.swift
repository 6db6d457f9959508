/// How the next token is drawn.
public struct SamplingParameters: Codable, Hashable, Sendable {
  /// 0 is greedy. Range 0...10.
  public var temperature: Float
  /// Smallest set of tokens whose mass reaches this. Range (0, 1]; 1 keeps all.
  public var topP: Float
  /// Number of likeliest tokens kept; 0 keeps all.
  public var topK: Int
  /// Tokens below this share of the likeliest one's probability are dropped. Range 0..<1.
  public var minP: Float
  /// Tokens generated at most.
  public var maxTokens: Int
  /// Generation ends before any of these; they are not part of the text.
  public var stop: [String]
  /// Seed of this sequence alone; batching does not touch it. 0 is a seed.
  public var seed: UInt64

  public init(
    temperature: Float = 0.7, topP: Float = 1, topK: Int = 0, minP: Float = 0,
    maxTokens: Int = 512, stop: [String] = [], seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
    self.minP = minP
    self.maxTokens = maxTokens
    self.stop = stop
    self.seed = seed
  }
}

/// Which weights answer: the untouched base model, or the base model with the adapter.
public enum Route: String, Codable, Hashable, Sendable {
  case base
  case adapter
}

/// Who decides the route of a request.
public enum RoutePolicy: String, Codable, Hashable, Sendable, CaseIterable {
  /// The gate.
  case auto
  case base
  case adapter
}

public struct GenerationRequest: Hashable, Sendable {
  public var prompt: RenderedPrompt
  public var sampling: SamplingParameters
  public var policy: RoutePolicy

  public init(prompt: RenderedPrompt, sampling: SamplingParameters, policy: RoutePolicy = .base) {
    self.prompt = prompt
    self.sampling = sampling
    self.policy = policy
  }
}

public struct GenerationResult: Hashable, Sendable {
  public enum FinishReason: String, Codable, Hashable, Sendable {
    /// The model ended its turn, or a stop string was met.
    case stop
    /// `maxTokens` was reached.
    case length
  }

  public var text: String
  /// Generated ids, the end token included when the model produced one.
  public var tokenIDs: [Int32]
  /// Natural log of each generated token's probability under the model at temperature 1.
  public var logProbabilities: [Float]
  public var route: Route
  /// The gate's probability of `.adapter`; absent without a gate.
  public var probability: Float?
  public var finishReason: FinishReason

  public init(
    text: String, tokenIDs: [Int32], logProbabilities: [Float], route: Route,
    probability: Float?, finishReason: FinishReason
  ) {
    self.text = text
    self.tokenIDs = tokenIDs
    self.logProbabilities = logProbabilities
    self.route = route
    self.probability = probability
    self.finishReason = finishReason
  }
}
