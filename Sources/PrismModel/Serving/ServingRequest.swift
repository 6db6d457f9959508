/// Who answers a request.
public enum ServingRouting: Hashable, Sendable {
  case base
  /// The adapter of the bundle of this name.
  case adapter(String)
  /// The gate of the bundle of this name decides. Without `enforce` its decision is only recorded and
  /// the base model answers (shadow mode).
  case gated(String, enforce: Bool)
}

public struct ServingRequest: Sendable {
  public var prompt: RenderedPrompt
  public var sampling: SamplingParameters
  public var routing: ServingRouting
  /// Likeliest tokens reported beside each generated one. Range 0...20.
  public var topLogProbabilities: Int
  /// When the request fails with `ServingError.deadlineExceeded`, whether it waits or runs.
  public var deadline: ContinuousClock.Instant?

  public init(
    prompt: RenderedPrompt, sampling: SamplingParameters, routing: ServingRouting = .base,
    topLogProbabilities: Int = 0, deadline: ContinuousClock.Instant? = nil
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.routing = routing
    self.topLogProbabilities = topLogProbabilities
    self.deadline = deadline
  }
}

/// A gate and its adapter under the name that requests use.
public struct ServingBundle: Sendable {
  public let name: String
  public let gate: any RouteGate
  public let adapter: LoRAWeights

  public init(name: String, gate: any RouteGate, adapter: LoRAWeights) {
    self.name = name
    self.gate = gate
    self.adapter = adapter
  }
}
