/// Where the route is decided.
public struct RouteConfiguration: Codable, Hashable, Sendable {
  /// The gate reads this layer's output and the adapter sits on the layers above it.
  /// Range 0...1000; paper 0.
  public var gateLayer = 0

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("gateLayer", gateLayer, in: 0...1000)
    return check.problems
  }
}
