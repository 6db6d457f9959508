import PrismModel
import PrismPipeline

/// Turns the results of items into tables with intervals, comparisons and correlations.
package struct ResultsBuilder {
  private let rows: [ItemResult]
  private let scales: [String: ScoreScale]
  private let settings: BootstrapSettings
  private let threshold: Float

  package init(
    _ rows: [ItemResult], scales: [String: ScoreScale], seed: UInt64, threshold: Float
  ) {
    self.rows = rows
    self.scales = scales
    self.threshold = threshold
    settings = BootstrapSettings(seed: seed)
  }

  package func results(
    _ provenance: EvaluationProvenance, refusals: [String: [ItemScores.RefusalPair]]
  ) throws -> EvaluationResults {
    let cells = try cells()
    let routing = try routing(cells)
    return EvaluationResults(
      settings: provenance, results: cells, scales: allScales, overall: try overall(),
      comparisons: try comparisons(), routing: routing,
      routingCorrelation: correlation(routing), costs: costs(),
      refusalAgreement: try refusals.mapValues(agreement))
  }

  // MARK: Scores

  /// Every benchmark, and each further reading of it as `benchmark/reading`.
  private var allScales: [String: ScoreScale] {
    var all = scales
    for row in rows {
      guard let scale = scales[row.benchmark] else { continue }
      for name in row.others.keys { all[row.benchmark + "/" + name] = scale }
    }
    return all
  }

  private func cells() throws -> [String: [String: [String: ScoreCell]]] {
    var values: [String: [String: [String: [Double?]]]] = [:]
    for row in rows {
      var readings: [(String, Double?)] = [(row.benchmark, row.score)]
      readings += row.others.map { (row.benchmark + "/" + $0.key, $0.value) }
      let categories = Set([EvaluationResults.allCategories, row.category, row.domain])
      for (name, value) in readings {
        for category in categories {
          values[name, default: [:]][category, default: [:]][row.strategy, default: []].append(
            value)
        }
      }
    }
    return try values.mapValues { try $0.mapValues { try $0.compactMapValues(cell) } }
  }

  /// Absent where nothing could be read: there is no number to show.
  private func cell(_ values: [Double?]) throws -> ScoreCell? {
    let read = values.compactMap { $0 }
    guard !read.isEmpty else { return nil }
    let estimate = try Bootstrap.mean(read, settings: settings)
    return ScoreCell(
      score: estimate.mean, low: estimate.interval.low, high: estimate.interval.high,
      count: read.count, unreadable: values.count - read.count)
  }

  private func overall() throws -> [String: ScoreCell] {
    try Dictionary(grouping: rows, by: \.strategy).compactMapValues { rows in
      var scores: [OverallCategory: [Double]] = [:]
      var unreadable = 0
      for row in rows {
        guard let category = OverallCategory(benchmark: row.benchmark, row) else { continue }
        if let score = row.score {
          scores[category, default: []].append(score)
        } else {
          unreadable += 1
        }
      }
      guard !scores.isEmpty else { return nil }
      let estimate = try OverallScore(scores, settings: settings).estimate
      return ScoreCell(
        score: estimate.mean, low: estimate.interval.low, high: estimate.interval.high,
        count: estimate.count, unreadable: unreadable)
    }
  }

  // MARK: Comparisons

  /// Each strategy beside base on the items that both have a score for.
  private func comparisons() throws -> [StrategyComparison] {
    let base = rows.filter { $0.strategy == "base" }
    var found: [StrategyComparison] = []
    for strategy in order(rows.map(\.strategy)) where strategy != "base" {
      let own = Dictionary(
        rows.filter { $0.strategy == strategy }.map { (Key($0), $0) }
      ) { first, _ in first }
      for benchmark in order(base.map(\.benchmark)) {
        let pairs = base.filter { $0.benchmark == benchmark }.compactMap { plain in
          own[Key(plain)].map { (plain, $0) }
        }
        var groups = Dictionary(grouping: pairs, by: { $0.0.category })
        groups.merge(Dictionary(grouping: pairs, by: { $0.0.domain })) { first, _ in first }
        let whole = [(EvaluationResults.allCategories, pairs)]
        for (category, members) in whole + groups.sorted(by: { $0.key < $1.key }) {
          if let comparison = try comparison(strategy, benchmark, category, members) {
            found.append(comparison)
          }
        }
      }
    }
    return found
  }

  private func comparison(
    _ strategy: String, _ benchmark: String, _ category: String, _ pairs: [(ItemResult, ItemResult)]
  ) throws -> StrategyComparison? {
    let read = pairs.compactMap { plain, other -> (Double, Double)? in
      guard let a = plain.score, let b = other.score else { return nil }
      return (a, b)
    }
    guard !read.isEmpty else { return nil }
    let estimate = try Bootstrap.difference(
      read.map(\.1), minus: read.map(\.0), settings: settings)
    let isBinary = read.allSatisfy { [$0.0, $0.1].allSatisfy { $0 == 0 || $0 == 1 } }
    let pValue =
      isBinary
      ? try McNemarTest(first: read.map { $0.1 == 1 }, second: read.map { $0.0 == 1 }).pValue
      : estimate.pValue
    return StrategyComparison(
      benchmark: benchmark, category: category, strategy: strategy,
      difference: estimate.difference, low: estimate.interval.low, high: estimate.interval.high,
      pValue: pValue, count: read.count)
  }

  private struct Key: Hashable {
    let benchmark: String
    let item: String

    init(_ row: ItemResult) {
      benchmark = row.benchmark
      item = row.item
    }
  }

  /// Each value once, where it first occurs.
  private func order(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  // MARK: Routing, agreement, cost

  /// By domain where a benchmark has some, as the paper's figure shows MMLU's four, else by category.
  private func routing(
    _ cells: [String: [String: [String: ScoreCell]]]
  ) throws -> [RoutingShare] {
    let base = rows.filter { $0.strategy == "base" }
    let persona = order(rows.map(\.strategy)).first { $0.hasPrefix("expert") }
    let groups = Dictionary(grouping: base) { [$0.benchmark, $0.domain] }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, members in
      let probabilities = members.compactMap(\.gateProbability)
      guard !probabilities.isEmpty else { return nil }
      let scores = cells[key[0]]?[key[1]]
      let scale = scales[key[0]]
      var effect: Double?
      if let persona, let scale, let plain = scores?["base"], let expert = scores?[persona] {
        effect = (expert.score - plain.score) / (scale.maximum - scale.minimum)
        if !scale.higherIsBetter { effect = effect.map { -$0 } }
      }
      let routed = probabilities.count {
        Route(probability: $0, threshold: threshold) == .adapter
      }
      return RoutingShare(
        benchmark: key[0], category: key[1], share: Double(routed) / Double(probabilities.count),
        count: probabilities.count, personaEffect: effect)
    }
  }

  private func correlation(_ routing: [RoutingShare]) -> CorrelationPair? {
    let pairs = routing.compactMap { row in row.personaEffect.map { (row.share, $0) } }
    guard pairs.count >= 3 else { return nil }
    guard let pearson = Correlation.pearson(pairs).coefficient,
      let spearman = Correlation.spearman(pairs).coefficient
    else { return nil }
    return CorrelationPair(pearson: pearson, spearman: spearman, count: pairs.count)
  }

  private func costs() -> [String: StrategyCost] {
    Dictionary(grouping: rows, by: \.strategy).mapValues { rows in
      let mean = { (value: (ItemResult) -> Double) in
        rows.reduce(0) { $0 + value($1) } / Double(rows.count)
      }
      return StrategyCost(
        promptTokens: mean(\.promptTokens), generatedTokens: mean(\.generatedTokens),
        seconds: mean(\.seconds))
    }
  }

  private func agreement(_ pairs: [ItemScores.RefusalPair]) throws -> RefusalAgreement {
    let found = try BinaryAgreement(
      first: pairs.map(\.byPhrases), second: pairs.map(\.byJudge))
    let share = { (value: (ItemScores.RefusalPair) -> Bool) in
      Double(pairs.count(where: value)) / Double(pairs.count)
    }
    var kappa: Double?
    if case .value(let value) = found.kappa { kappa = value }
    return RefusalAgreement(
      agreement: found.agreement, kappa: kappa, byPhrase: share(\.byPhrases),
      byJudge: share(\.byJudge), count: pairs.count)
  }
}

extension OverallCategory {
  /// The sub-category of an item; `nil` for benchmarks the paper's overall leaves out.
  fileprivate init?(benchmark: String, _ row: ItemResult) {
    switch benchmark {
    case "mt-bench": self.init(rawValue: "mt_bench/" + row.category)
    case "mmlu": self.init(rawValue: "mmlu/" + row.domain)
    case "harmbench": self = .harmBench
    case "jailbreak-prompts": self = .jailbreak
    case "pku-saferlhf": self = .pkuSafeRLHF
    default: return nil
    }
  }
}
