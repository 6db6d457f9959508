public import PrismModel

/// What the gate may do.
public enum GateMode: String, Codable, Hashable, Sendable, CaseIterable {
  /// Not asked; the base model answers.
  case off
  /// Asked and recorded; the base model answers all the same.
  case shadow
  /// Asked and followed.
  case enforce
}

/// The record of one routing decision. It holds nothing of the prompt.
public struct RouteDecision: Codable, Hashable, Sendable {
  /// Why `servedRoute` is what it is.
  public enum Reason: String, Codable, Hashable, Sendable {
    /// The gate's probability was compared with the threshold.
    case gate
    /// The gate decided, but shadow mode serves the base model.
    case shadow
    /// The gate is off.
    case off
    /// The request named its route.
    case requested
  }

  /// The gate's probability that the adapter helps, 0...1; absent when the gate was not asked.
  public let probability: Float?
  /// The probability at and above which the gate chooses the adapter.
  public let threshold: Float
  /// What the gate chose; `base` when it was not asked.
  public let route: Route
  /// What answers.
  public let servedRoute: Route
  public let mode: GateMode
  public let reason: Reason
  /// The layer whose output the gate read.
  public let gateLayer: Int

  public init(
    probability: Float?, threshold: Float, route: Route, servedRoute: Route, mode: GateMode,
    reason: Reason, gateLayer: Int
  ) {
    self.probability = probability
    self.threshold = threshold
    self.route = route
    self.servedRoute = servedRoute
    self.mode = mode
    self.reason = reason
    self.gateLayer = gateLayer
  }
}
