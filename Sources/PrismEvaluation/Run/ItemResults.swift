import PrismModel

/// Puts outcomes and judgements together into one result for each item and strategy.
package struct ItemResults {
  /// Strategy by strategy inside each item, items in the order of the plan.
  package private(set) var rows: [ItemResult] = []
  /// By benchmark: what judge and phrases saw in every refusal answer that both could read.
  package private(set) var refusals: [String: [ItemScores.RefusalPair]] = [:]

  private let plan: EvaluationPlan
  private let scorer: ItemScorer
  private let selection: StrategySelection
  private let outcomes: [Key: ItemOutcome]
  private let judgements: [Key: OutcomeJudgement]

  private struct Key: Hashable {
    let benchmark: String
    let item: String
    let condition: String
  }

  /// One condition's answers to an item, scored.
  private struct Entry {
    let outcome: ItemOutcome
    let scores: ItemScores
  }

  /// Throws `EvaluationError.outcomeMissing` where an answer that a strategy needs is not there.
  package init(
    plan: EvaluationPlan, outcomes: [ItemOutcome], judgements: [OutcomeJudgement],
    threshold: Float, seed: UInt64
  ) throws {
    self.plan = plan
    scorer = try ItemScorer()
    selection = StrategySelection(
      threshold: threshold, seed: seed,
      probabilities: Dictionary(grouping: outcomes, by: \.benchmark)
        .mapValues { $0.compactMap(\.gateProbability) })
    self.outcomes = Dictionary(
      outcomes.map { (Key(benchmark: $0.benchmark, item: $0.item, condition: $0.condition), $0) }
    ) { first, _ in first }
    self.judgements = Dictionary(
      judgements.map { (Key(benchmark: $0.benchmark, item: $0.item, condition: $0.condition), $0) }
    ) { first, _ in first }
    for (benchmark, items) in plan.items {
      for item in items { try add(item, of: benchmark) }
    }
  }

  private mutating func add(_ item: BenchmarkItem, of benchmark: any Benchmark) throws {
    let entries = try entries(item, of: benchmark)
    let base = AnswerCondition.base.name
    refusals[benchmark.name, default: []] += entries.values.compactMap(\.scores.refusal)
    for strategy in plan.strategies {
      let names = selection.conditions(
        strategy, candidates: plan.conditionNames(of: strategy, for: item, in: benchmark.name),
        benchmark: benchmark.name, item: item, probability: entries[base]?.outcome.gateProbability,
        score: { entries[$0]?.scores.score }, higherIsBetter: benchmark.scale.higherIsBetter)
      rows.append(Self.row(strategy, names, entries, benchmark: benchmark.name, item: item))
    }
    if refusals[benchmark.name]?.isEmpty == true { refusals[benchmark.name] = nil }
  }

  /// Every condition that a strategy or a comparison needs, by name.
  private func entries(
    _ item: BenchmarkItem, of benchmark: any Benchmark
  ) throws -> [String: Entry] {
    let names = plan.strategies.flatMap {
      plan.conditionNames(of: $0, for: item, in: benchmark.name)
    }
    var entries: [String: Entry] = [:]
    for name in Set(names + [AnswerCondition.base.name]) {
      let key = Key(benchmark: benchmark.name, item: item.id, condition: name)
      guard let outcome = outcomes[key] else {
        throw EvaluationError.outcomeMissing(
          benchmark: benchmark.name, item: item.id, condition: name)
      }
      entries[name] = Entry(
        outcome: outcome,
        scores: try scorer.scores(
          of: outcome, item: item, metric: benchmark.scale.metric, judgement: judgements[key]))
    }
    return entries
  }

  private static func row(
    _ strategy: EvaluationStrategy, _ names: [String], _ entries: [String: Entry],
    benchmark: String, item: BenchmarkItem
  ) -> ItemResult {
    let chosen = names.compactMap { entries[$0] }
    let count = Double(max(chosen.count, 1))
    let mean = { (value: (Entry) -> Double) in chosen.reduce(0) { $0 + value($1) } / count }
    let others = Set(chosen.flatMap { $0.scores.others.keys })
    return ItemResult(
      benchmark: benchmark, category: item.category, domain: item.domain, item: item.id,
      strategy: strategy.name, conditions: names,
      score: Self.mean(chosen.map(\.scores.score)),
      others: Dictionary(
        uniqueKeysWithValues: others.map { name in
          (name, Self.mean(chosen.map { $0.scores.others[name] ?? nil }))
        }),
      gateProbability: entries[AnswerCondition.base.name]?.outcome.gateProbability,
      route: names.count == 1 ? route(names[0]) : nil,
      promptTokens: mean { Double($0.outcome.promptTokens) },
      generatedTokens: mean { Double($0.outcome.generatedTokens) },
      seconds: mean { $0.outcome.seconds })
  }

  private static func route(_ condition: String) -> Route {
    [AnswerCondition.adapter.name, AnswerCondition.fineTuned.name].contains(condition)
      ? .adapter : .base
  }

  /// Absent unless all are there: a mean of those that could be read would compare other answers.
  private static func mean(_ values: [Double?]) -> Double? {
    let read = values.compactMap { $0 }
    guard !read.isEmpty, read.count == values.count else { return nil }
    return read.reduce(0, +) / Double(read.count)
  }
}
