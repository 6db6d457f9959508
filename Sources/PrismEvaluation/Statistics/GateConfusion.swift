/// Where an oracle that knows both scores would send an item.
package enum OracleChoice: String, Codable, Hashable, Sendable {
  case base, adapter
  /// Both score the same, so neither route is a mistake.
  case either

  package init(baseScore: Double, adapterScore: Double) {
    self = adapterScore > baseScore ? .adapter : adapterScore < baseScore ? .base : .either
  }
}

/// A gate's routes counted against an oracle's.
package struct GateConfusion: Codable, Hashable, Sendable {
  /// The gate's side is the first word, the oracle's the second.
  package let adapterAdapter: Int
  package let adapterBase: Int
  package let adapterEither: Int
  package let baseAdapter: Int
  package let baseBase: Int
  package let baseEither: Int

  package var count: Int { routedCount + baseAdapter + baseBase + baseEither }
  /// Items the gate sends to the adapter.
  package var routedCount: Int { adapterAdapter + adapterBase + adapterEither }
  /// Items on which the route matters: the oracle has a preference.
  package var decidedCount: Int { adapterAdapter + adapterBase + baseAdapter + baseBase }
  /// Those of them the gate sends where the oracle does.
  package var rightCount: Int { adapterAdapter + baseBase }

  /// Scores and routes: `[item]`, in one order; `routed` is true where the gate chose the adapter.
  /// Throws without items, for lists that differ in length and for NaN and infinite scores.
  package init(routed: [Bool], baseScores: [Double], adapterScores: [Double]) throws {
    let statistic = "the gate's confusion with the oracle"
    try StatisticInput.checkPaired(routed.count, baseScores.count, for: statistic)
    try StatisticInput.checkPaired(routed.count, adapterScores.count, for: statistic)
    try StatisticInput.checkNotEmpty(routed.count, for: statistic)
    try StatisticInput.checkFinite(baseScores, for: statistic)
    try StatisticInput.checkFinite(adapterScores, for: statistic)
    let choices = zip(baseScores, adapterScores).map {
      OracleChoice(baseScore: $0, adapterScore: $1)
    }
    func tally(_ toAdapter: Bool, _ choice: OracleChoice) -> Int {
      zip(routed, choices).count { $0 == toAdapter && $1 == choice }
    }
    adapterAdapter = tally(true, .adapter)
    adapterBase = tally(true, .base)
    adapterEither = tally(true, .either)
    baseAdapter = tally(false, .adapter)
    baseBase = tally(false, .base)
    baseEither = tally(false, .either)
  }
}
