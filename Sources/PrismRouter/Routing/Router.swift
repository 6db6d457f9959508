public import PrismModel

/// Turns the gate's probability into a decision. Pure: same input, same decision.
public struct Router: Hashable, Sendable {
  public let gate: Gate
  public let mode: GateMode

  public init(gate: Gate, mode: GateMode = .enforce) {
    self.gate = gate
    self.mode = mode
  }

  /// Decides from gate features: the D values of the prompt's last token after the gate's layer.
  public func decide(
    features: UnsafeBufferPointer<Float>, policy: RoutePolicy = .auto
  ) -> RouteDecision {
    decide(probability: mode == .off ? nil : gate.probability(of: features), policy: policy)
  }

  public func decide(features: [Float], policy: RoutePolicy = .auto) -> RouteDecision {
    features.withUnsafeBufferPointer { decide(features: $0, policy: policy) }
  }

  /// Decides from a probability the engine already has; `nil` where the gate was not asked.
  /// A request's own `base` or `adapter` wins over gate and mode.
  public func decide(probability: Float?, policy: RoutePolicy = .auto) -> RouteDecision {
    let asked = mode == .off ? nil : probability
    let route = asked.map(gate.route(for:)) ?? .base
    let (served, reason): (Route, RouteDecision.Reason) =
      switch (policy, mode) {
      case (.base, _): (.base, .requested)
      case (.adapter, _): (.adapter, .requested)
      case (.auto, .off): (.base, .off)
      case (.auto, .shadow): (.base, .shadow)
      case (.auto, .enforce): (route, .gate)
      }
    return RouteDecision(
      probability: asked, threshold: gate.threshold, route: route, servedRoute: served, mode: mode,
      reason: reason, gateLayer: gate.layer)
  }
}
