import PrismModel
package import PrismPipeline
import PrismTraining

/// Which queries of a run its report shows: a spread over personas and verdicts that nobody picked.
package struct SampleChoice {
  package static let limit = 12

  let samples: [ReportContent.Sample]
  /// How they were chosen, for the reader.
  let words: String

  init(_ run: FinishedRun) {
    let chosen = Self.choose(run.pairs, personas: run.personas.map(\.name))
    let gate = Dictionary((run.gate.queries ?? []).map { ($0.id, $0.probability) }) { first, _ in
      first
    }
    samples = chosen.map { Self.sample($0, gate[$0.pair.query.id], run.gate.threshold) }
    var words =
      "These \(ReportNumber.count(chosen.count)) of \(ReportNumber.counted(run.pairs.count, "query", "queries")) were not picked by hand: the personas take turns, each time with another verdict where there is one, held-out queries first, and among equals the one with the smallest hash."
    if run.gate.queries == nil {
      words +=
        " The run was trained by a version that did not keep the gate's probability of each query, so none is shown."
    }
    self.words = words
  }

  /// Personas take turns, evenly spaced where there are more than `limit`; a persona's turn goes to its
  /// next verdict that still has a query.
  package static func choose(
    _ pairs: [JudgedPair], personas: [String], limit: Int = limit
  ) -> [JudgedPair] {
    let names =
      personas.count > limit
      ? (0..<limit).map { personas[$0 * personas.count / limit] } : personas
    let sorted = pairs.sorted { rank($0) < rank($1) }
    var queues = names.map { name in
      Verdict.allCases.map { verdict in
        sorted.filter { $0.pair.query.persona == name && $0.verdict == verdict }[...]
      }.filter { !$0.isEmpty }
    }
    var chosen: [JudgedPair] = []
    var round = 0
    while chosen.count < limit, queues.contains(where: { !$0.isEmpty }) {
      for turn in queues.indices where !queues[turn].isEmpty && chosen.count < limit {
        let kind = (round + turn) % queues[turn].count
        chosen += queues[turn][kind].prefix(1)
        queues[turn][kind] = queues[turn][kind].dropFirst()
        if queues[turn][kind].isEmpty { queues[turn].remove(at: kind) }
      }
      round += 1
    }
    return chosen
  }

  /// Held out first, then by the query's hash.
  private static func rank(_ pair: JudgedPair) -> (Int, String) {
    (pair.pair.query.split == .heldOut ? 0 : 1, pair.pair.query.id)
  }

  private static func sample(
    _ judged: JudgedPair, _ probability: Float?, _ threshold: Float
  ) -> ReportContent.Sample {
    let pair = judged.pair
    let logOdds = judged.reading.personaLogOdds
    return .init(
      query: pair.query.text, persona: pair.query.persona, baseAnswer: pair.base.text,
      personaAnswer: pair.persona.text,
      logOdds: judged.verdict != .unreadable && logOdds.isFinite ? logOdds : nil,
      verdict: judged.verdict.rawValue, gateProbability: probability.map(Double.init),
      route: probability.map { Route(probability: $0, threshold: threshold).rawValue },
      split: pair.query.split == .heldOut ? "held out" : "training")
  }
}
