import PrismEvaluation
import PrismModel
import Testing

@Suite("Tables from the results of items")
struct ResultsBuilderTests {
  private static let provenance = EvaluationProvenance(
    model: "m", modelFingerprint: "f", judge: "j", seed: 0, benchmarks: ["mmlu", "mt-bench"],
    strategies: ["base", "expert", "prism"], createdAt: "now", prismVersion: "0")

  private static func row(
    _ benchmark: String, _ category: String, _ domain: String, _ item: Int, _ strategy: String,
    _ score: Double?, gate: Float = 0.1, others: [String: Double?] = [:]
  ) -> ItemResult {
    ItemResult(
      benchmark: benchmark, category: category, domain: domain, item: "\(item)", strategy: strategy,
      conditions: ["base"], score: score, others: others, gateProbability: gate, route: .base,
      promptTokens: 10, generatedTokens: strategy == "base" ? 4 : 8, seconds: 0.5)
  }

  private static let rows: [ItemResult] = [
    // Base 2 of 4, expert 3 of 4, one of base's wins lost.
    row("mmlu", "anatomy", "other", 0, "base", 1), row("mmlu", "anatomy", "other", 1, "base", 0),
    row("mmlu", "physics", "stem", 2, "base", 1, gate: 0.9),
    row("mmlu", "physics", "stem", 3, "base", 0, gate: 0.8),
    row("mmlu", "anatomy", "other", 0, "expert", 0),
    row("mmlu", "anatomy", "other", 1, "expert", 1),
    row("mmlu", "physics", "stem", 2, "expert", 1), row("mmlu", "physics", "stem", 3, "expert", 1),
    row("mt-bench", "writing", "writing", 0, "base", 6, others: ["loose": 1]),
    row("mt-bench", "writing", "writing", 1, "base", nil, others: ["loose": nil]),
    row("mt-bench", "writing", "writing", 0, "expert", 8),
    row("mt-bench", "writing", "writing", 1, "expert", 4),
  ]

  private func results() throws -> EvaluationResults {
    let scales = [
      "mmlu": ScoreScale.share(.accuracy),
      "mt-bench": ScoreScale(metric: .rating, minimum: 1, maximum: 10, higherIsBetter: true),
    ]
    return try ResultsBuilder(Self.rows, scales: scales, seed: 0, threshold: 0.5).results(
      Self.provenance,
      refusals: [
        "harmbench": [
          .init(byJudge: true, byPhrases: true), .init(byJudge: true, byPhrases: false),
        ]
      ])
  }

  @Test("scores by benchmark, category, domain and strategy; unreadable ones are in no mean")
  func cells() throws {
    let table = try results().results
    #expect(table["mmlu"]?["all"]?["base"]?.score == 0.5)
    #expect(table["mmlu"]?["all"]?["expert"]?.score == 0.75)
    #expect(table["mmlu"]?["anatomy"]?["base"]?.count == 2)
    #expect(table["mmlu"]?["stem"]?["expert"]?.score == 1)
    let writing = try #require(table["mt-bench"]?["all"]?["base"])
    #expect(writing.score == 6 && writing.count == 1 && writing.unreadable == 1)
    #expect(table["mt-bench/loose"]?["all"]?["base"]?.count == 1)
    let cell = try #require(table["mmlu"]?["all"]?["base"])
    #expect(cell.low <= cell.score && cell.score <= cell.high && cell.low < cell.high)
  }

  @Test("the overall is the mean of the sub-categories, ratings times ten")
  func overall() throws {
    // stem 50, other 50, writing 60; then stem 100, other 50, writing 60.
    let overall = try results().overall
    #expect(abs((overall["base"]?.score ?? 0) - 160.0 / 3) < 1e-12)
    #expect(abs((overall["expert"]?.score ?? 0) - 210.0 / 3) < 1e-12)
    #expect(overall["base"]?.unreadable == 1)
  }

  @Test("comparisons pair items that both strategies have a score for")
  func comparisons() throws {
    let all = try results().comparisons
    let mmlu = try #require(all.first { $0.benchmark == "mmlu" && $0.category == "all" })
    // Items 1 and 3 won, item 0 lost: McNemar with b = 2, c = 1 is 1.
    #expect(mmlu.difference == 0.25 && mmlu.count == 4 && mmlu.pValue == 1)
    let writing = try #require(all.first { $0.benchmark == "mt-bench" && $0.category == "all" })
    #expect(writing.difference == 2 && writing.count == 1)
    #expect(!all.contains { $0.strategy == "base" })
    #expect(all.contains { $0.category == "stem" } && all.contains { $0.category == "physics" })
  }

  @Test("routing share and persona effect by domain, with their correlation")
  func routing() throws {
    let found = try results()
    let stem = try #require(found.routing.first { $0.category == "stem" })
    #expect(stem.share == 1 && stem.count == 2 && stem.personaEffect == 0.5)
    let other = try #require(found.routing.first { $0.category == "other" })
    #expect(other.share == 0 && other.personaEffect == 0)
    let writing = try #require(found.routing.first { $0.category == "writing" })
    #expect(writing.share == 0 && writing.personaEffect == 0)
    // (1, 0.5), (0, 0), (0, 0): a straight line.
    #expect(abs((found.routingCorrelation?.pearson ?? 0) - 1) < 1e-12)
    #expect(found.routingCorrelation?.count == 3)
  }

  @Test("cost of a query, and agreement of judge and phrases")
  func costs() throws {
    let found = try results()
    #expect(found.costs["base"] == StrategyCost(promptTokens: 10, generatedTokens: 4, seconds: 0.5))
    let agreement = try #require(found.refusalAgreement["harmbench"])
    #expect(agreement.agreement == 0.5 && agreement.byJudge == 1 && agreement.byPhrase == 0.5)
    // One reading says yes throughout: chance agreement is 0.5, so kappa is 0.
    #expect(agreement.kappa == 0)
  }
}
