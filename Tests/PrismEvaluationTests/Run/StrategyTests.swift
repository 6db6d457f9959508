import PrismEvaluation
import PrismModel
import Testing

@Suite("Strategies")
struct StrategyTests {
  static let names = [
    "base", "expert", "expert:short", "expert:minimum:user", "average-persona",
    "average-persona:short:user", "persona:math", "persona:critic:minimum", "persona:coding:user",
    "control-text", "fine-tuned", "adapter", "random-gate", "prism", "oracle",
  ]

  @Test("a name is read and written back", arguments: names)
  func roundTrip(_ name: String) throws {
    #expect(try EvaluationStrategy(named: name).name == name)
  }

  @Test(
    "names that mean nothing are refused",
    arguments: [
      "", "bas", "persona", "persona:", "persona:nobody", "base:short", "expert:tall",
      "expert:short:minimum", "expert:user:user", "prism:user", "persona:math:math",
    ])
  func refused(_ name: String) {
    #expect(throws: EvaluationError.unknownStrategy(name: name)) {
      try EvaluationStrategy(named: name)
    }
  }

  private let item = BenchmarkItem(
    id: "1", category: "math", domain: "math",
    task: .conversation(Conversation(turns: ["q"], maximumTokens: 8, grading: .number("1"))))

  private func select(
    _ strategy: EvaluationStrategy, probability: Float?, base: Double?, adapter: Double?,
    share: [Float] = [0, 1]
  ) -> [String] {
    let selection = StrategySelection(threshold: 0.5, seed: 0, probabilities: ["b": share])
    return selection.conditions(
      strategy, candidates: ["own"], benchmark: "b", item: item, probability: probability,
      score: { $0 == "base" ? base : adapter }, higherIsBetter: true)
  }

  @Test("the gate's probability at the threshold routes to the adapter, below it to base")
  func gate() {
    #expect(select(.prism, probability: 0.5, base: 0, adapter: 0) == ["adapter"])
    #expect(select(.prism, probability: 0.49, base: 0, adapter: 1) == ["base"])
    #expect(select(.prism, probability: nil, base: 0, adapter: 1) == ["base"])
  }

  @Test("the oracle takes the adapter only where it is better")
  func oracle() {
    #expect(select(.oracle, probability: 0, base: 0, adapter: 1) == ["adapter"])
    #expect(select(.oracle, probability: 1, base: 1, adapter: 0) == ["base"])
    #expect(select(.oracle, probability: 1, base: 1, adapter: 1) == ["base"])
    #expect(select(.oracle, probability: 1, base: nil, adapter: 1) == ["base"])
  }

  @Test("a gate that routes nothing makes the random gate route nothing; one that routes all, all")
  func randomEnds() {
    #expect(select(.randomGate, probability: 1, base: 0, adapter: 0, share: [0, 0.4]) == ["base"])
    #expect(
      select(.randomGate, probability: 0, base: 0, adapter: 0, share: [0.5, 1]) == ["adapter"])
  }

  // 400 draws at a half: 6 standard deviations are 60, so a false failure has a chance below 1e-8.
  @Test("the random gate routes as many as the gate, whatever the gate says of an item")
  func randomShare() {
    let selection = StrategySelection(threshold: 0.5, seed: 7, probabilities: ["b": [0.1, 0.9]])
    let routed = (0..<400).count { index in
      let item = BenchmarkItem(id: "\(index)", category: "c", domain: "c", task: self.item.task)
      return selection.conditions(
        .randomGate, candidates: [], benchmark: "b", item: item, probability: 0,
        score: { _ in nil },
        higherIsBetter: true) == ["adapter"]
    }
    #expect((140...260).contains(routed))
  }

  @Test("each item gets the persona that fits it")
  func experts() {
    func expert(_ category: String, _ domain: String, _ benchmark: String) -> String {
      ConditionTexts.expert(
        for: BenchmarkItem(id: "1", category: category, domain: domain, task: item.task),
        in: benchmark)
    }
    #expect(expert("coding", "coding", "mt-bench") == "coding")
    #expect(expert("virology", "other", "mmlu") == "helpful")
    #expect(expert("astronomy", "stem", "mmlu") == "stem")
    #expect(expert("chemical_biological", "chemical_biological", "harmbench") == "safety_monitor")
    #expect(expert("gsm8k", "gsm8k", "gsm8k") == "math")
  }

  @Test("a persona stands in the system text or before the user's first turn, at three lengths")
  func places() throws {
    let texts = try ConditionTexts()
    func condition(_ name: String) throws -> AnswerCondition {
      try #require(texts.conditions(of: EvaluationStrategy(named: name), for: item, in: "b").first)
    }
    let long = try condition("persona:math")
    let short = try condition("persona:math:minimum:user")
    #expect(long.opening == nil && short.system == nil)
    #expect(long.system?.count ?? 0 > 5 * (short.opening?.count ?? .max))
    #expect(short.opened("2 + 2?") == (short.opening ?? "") + "\n\n2 + 2?")
    #expect(long.opened("2 + 2?") == "2 + 2?")
    #expect(long.plain("Q") == (long.system ?? "") + "\n\nQ")
    #expect(texts.conditions(of: .averagePersona(.init()), for: item, in: "b").count == 12)
  }
}
