import PrismEvaluation
import PrismModel
import Testing

@Suite("The study of personas")
struct PersonaStudyTests {
  private func plan(
    _ benchmark: String, _ style: EvaluationConfiguration.PromptStyle
  ) throws -> EvaluationPlan {
    var configuration = EvaluationConfiguration()
    configuration.benchmarks = [benchmark]
    configuration.strategies = PersonaStudy.strategies
    configuration.promptStyle = style
    configuration.limit = 2
    return try EvaluationPlan(configuration, data: SampleBenchmarks.folder())
  }

  @Test("base, six means and 72 personas, each once")
  func strategies() {
    let names = PersonaStudy.strategies
    #expect(names.count == 79 && Set(names).count == 79 && names[0] == "base")
    #expect(names.contains("average-persona:short:user") && names.contains("persona:critic"))
  }

  // A raw question has no turns, so 36 of its prompts would be asked twice.
  @Test(
    "each item is answered once under each prompt, condition by condition",
    arguments: [("mmlu", .raw, 37), ("mmlu", .chat, 73), ("mt-bench", .raw, 73)]
      as [(String, EvaluationConfiguration.PromptStyle, Int)])
  func tasks(_ benchmark: String, _ style: EvaluationConfiguration.PromptStyle, _ count: Int) throws
  {
    let plan = try plan(benchmark, style)
    #expect(plan.tasks.count == 2 * count)
    let names = plan.tasks.map(\.condition.name)
    #expect(Set(names).count == count)
    // Items of one condition stand together: its persona is read once for all of them.
    #expect(zip(names, names.dropFirst()).count { $0 != $1 } == count - 1)
    let prompts = plan.tasks.map { [$0.item.id, $0.condition.system, $0.condition.opening] }
    #expect(Set(prompts).count == prompts.count)
  }

  private func results(_ strategies: [String]) -> EvaluationResults {
    let cell = { (score: Double) in
      ScoreCell(score: score, low: score - 0.1, high: score + 0.1, count: 8)
    }
    let changed = strategies.filter { $0 != "base" }
    return EvaluationResults(
      settings: EvaluationProvenance(
        model: "m", modelFingerprint: "f", judge: "j", seed: 0, benchmarks: ["mmlu"],
        strategies: strategies, createdAt: "now", prismVersion: "0"),
      results: [
        "mmlu": ["all": Dictionary(uniqueKeysWithValues: strategies.map { ($0, cell(0.5)) })]
      ],
      scales: [
        "mmlu": ScoreScale(metric: .accuracy, minimum: 0, maximum: 1, higherIsBetter: true)
      ],
      comparisons: changed.flatMap { strategy in
        ["all", "stem", "anatomy"].map { category in
          let low = strategy.hasPrefix("persona:math") ? 0.1 : -0.2
          return StrategyComparison(
            benchmark: "mmlu", category: category, strategy: strategy, difference: 0.2, low: low,
            high: 0.4, pValue: 0.04, count: 8)
        }
      })
  }

  private func item(_ strategy: String, answeredBy condition: String) -> ItemResult {
    ItemResult(
      benchmark: "mmlu", category: "anatomy", domain: "other", item: "0", strategy: strategy,
      conditions: [condition], score: 1, others: [:], gateProbability: nil, route: .base,
      promptTokens: 1, generatedTokens: 0, seconds: 0)
  }

  @Test("every length and place has its scores, its differences and its categories")
  func tables() throws {
    let results = results(PersonaStudy.strategies)
    let items = [item("persona:math:user", answeredBy: "persona:math:user")]
    let study = try #require(try StudyTables.content(results, items: items).first)
    #expect(study.lengths.count == 6 && study.lengths.allSatisfy { $0.comparison?.count == 8 })
    #expect(study.personas.count == 72 && study.personas.allSatisfy { $0.comparison != nil })
    // Of the three categories only the domain: 57 subjects could not be read.
    #expect(study.effects.count == 72 && study.effects.allSatisfy { $0.category == "stem" })
    #expect(!study.placesAreOne)
    let page = try ReportWriter.html(ReportContent(title: "t", study: [study]))
    #expect(page.contains("<bdi>short</bdi> personas, <bdi>user</bdi> placement"))
    #expect(page.contains("Better than base: <bdi>math</bdi>."))
    #expect(page.contains("The numbers do not support a difference: "))
    // Math at three lengths and two places.
    #expect(page.contains("Of 72 comparisons of single personas with base, 6 are better"))
    #expect(page.contains("about 3.6 would differ by chance alone"))
  }

  @Test("answers that both places share are shown once")
  func onePlace() throws {
    let results = results(PersonaStudy.strategies)
    let items = [item("persona:math:user", answeredBy: "persona:math")]
    let study = try #require(try StudyTables.content(results, items: items).first)
    #expect(study.placesAreOne && study.lengths.count == 3 && study.personas.count == 36)
    #expect(study.personas.allSatisfy { $0.placement == "system" })
    let page = try ReportWriter.html(ReportContent(title: "t", study: [study]))
    #expect(page.contains("A raw question has no turns"))
    // A place that was measured alone stays.
    let alone = self.results(["base", "persona:math:user", "persona:critic:user"])
    let kept = try #require(try StudyTables.content(alone, items: items).first)
    #expect(kept.personas.map(\.persona) == ["math", "critic"])
  }

  @Test("the evaluation's own charts leave a crowd of personas to the study")
  func crowd() {
    let rest = StudyTables.withoutCrowd(results(PersonaStudy.strategies))
    #expect(rest.settings.strategies.count == 7 && rest.results["mmlu"]?["all"]?.count == 7)
    #expect(rest.comparisons.count == 18)
    let few = results(["base", "persona:math", "persona:critic"])
    #expect(StudyTables.withoutCrowd(few) == few)
  }
}
