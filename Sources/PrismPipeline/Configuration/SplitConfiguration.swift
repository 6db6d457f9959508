/// The held-out split, decided by the query's text alone before anything is trained.
public struct SplitConfiguration: Codable, Hashable, Sendable {
  /// Share of queries that neither gate nor adapter trains on. Range 0...0.9.
  public var heldOutShare = 0.2

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("heldOutShare", heldOutShare, in: 0...0.9)
    return check.problems
  }
}
