import Foundation
import PrismModel
import PrismPipeline
import PrismTesting
import Testing

@Suite("Judge")
struct JudgeTests {
  private func reading(_ a1: Float, _ b1: Float, _ a2: Float, _ b2: Float) -> JudgeReading {
    JudgeReading(
      personaFirst: LetterReading(logA: a1, logB: b1), baseFirst: LetterReading(logA: a2, logB: b2))
  }

  @Test("arithmetic by hand")
  func arithmetic() {
    // Persona first: A - B = -1 - -3 = 2. Base first: A - B = -2 - -1 = -1, so the persona's
    // letter leads by 1. d = (2 + 1) / 2 = 1.5; bias toward A = (2 - 1) / 2 = 0.5.
    let reading = reading(-1, -3, -2, -1)
    #expect(reading.personaLogOdds == 1.5)
    #expect(reading.positionBias == 0.5)
    // Masses e^-1 + e^-3 = 0.417667 and e^-2 + e^-1 = 0.503215; mean 0.460441.
    #expect(abs(reading.letterMass - 0.460441) < 1e-6)
  }

  @Test("what is added to a position in both orders cancels", arguments: [-8, -1, 0.5, 4] as [Float])
  func additiveBias(bias: Float) {
    let plain = reading(-1, -3, -2, -1)
    let biased = reading(-1 + bias, -3, -2 + bias, -1)
    #expect(biased.personaLogOdds == plain.personaLogOdds)
    #expect(biased.positionBias == plain.positionBias + Double(bias))
  }

  @Test(
    "debiased and strict",
    arguments: [
      // log-odds A - B with the persona first, with the base first, margin, debiased, strict
      (2, -1, 0, "persona", "persona"), (-2, 1, 0, "base", "base"),
      (-1, -3, 0, "persona", "undecided"), (3, 1, 0, "persona", "undecided"),
      (1, 3, 0, "base", "undecided"), (1, 1, 0, "undecided", "undecided"),
      (0, 0, 0, "undecided", "undecided"), (2, 0, 0, "persona", "undecided"),
      (2, -1, 1.5, "undecided", "persona"), (2, -2, 1.5, "persona", "persona"),
    ] as [(Float, Float, Double, String, String)])
  func policies(first: Float, second: Float, margin: Double, debiased: String, strict: String) {
    let reading = reading(-4 + first, -4, -4 + second, -4)
    #expect(reading.verdict(policy: .debiased, margin: margin, floor: 0).rawValue == debiased)
    #expect(reading.verdict(policy: .strict, margin: margin, floor: 0).rawValue == strict)
  }

  @Test(
    "unreadable",
    arguments: [
      (Float.nan, -1, -1, -1), (-1, -1, -Float.infinity, -1), (-1, -1, -Float.infinity, -Float.infinity),
      (-9, -9, -1, -1), (-1, -1, -9, -9), (Float.infinity, -1, -1, -1),
    ] as [(Float, Float, Float, Float)])
  func unreadable(a1: Float, b1: Float, a2: Float, b2: Float) {
    for policy in [JudgeConfiguration.Policy.debiased, .strict] {
      #expect(
        reading(a1, b1, a2, b2).verdict(policy: policy, margin: 0, floor: 0.01) == .unreadable)
    }
  }

  private func pair(_ index: Int, base: String, persona: String) -> AnswerPair {
    func answer(_ text: String) -> AnswerPair.Answer {
      AnswerPair.Answer(text: text, tokenIDs: [1, 257], finishReason: .stop)
    }
    return AnswerPair(
      query: Query(persona: "math", text: "What is number \(index)?", heldOutShare: 0.2),
      base: answer(base), persona: answer(persona))
  }

  /// A judge that adds 2 nats to the letter B and 1 nat to whichever answer holds "good".
  private func biasedEngine() throws -> ScriptedEngine {
    try ScriptedEngine(letters: { prompt, tokens in
      let parts = prompt.text.components(separatedBy: "Answer B:")
      let good = parts[0].contains("good") ? Float(65) : 66
      return tokens.map { id in -4 + (id == 66 ? 2 : 0) + (Float(id) == good ? 1 : 0) }
    })
  }

  @Test("swapping the answers swaps the verdict, whatever the position bias")
  func swap() throws {
    var configuration = PrismConfiguration()
    configuration.engine.unitItems = 3
    let judge = try JudgePairs(configuration: configuration, engine: try biasedEngine())
    let rows = try judge.run(
      (0..<8).map { pair($0, base: "bad", persona: "a good one") }, report: { _ in .more })
    let swapped = try judge.run(
      (0..<8).map { pair($0, base: "a good one", persona: "bad") }, report: { _ in .more })
    #expect(rows.map(\.verdict) == Array(repeating: .persona, count: 8))
    #expect(swapped.map(\.verdict) == Array(repeating: .base, count: 8))
    // The bias of 2 nats outweighs the preference of 1: strict never sees a win in both orders.
    #expect(rows.map(\.strictVerdict) == Array(repeating: .undecided, count: 8))
    let statistics = JudgeStatistics(rows, policy: .strict)
    #expect(statistics.positionBias == -2)
    #expect(statistics.favouredLetterShare == 1)
    #expect(statistics.lengthCorrelation == nil)
    let text = try #require(statistics.explanation)
    #expect(text.contains("preferred answer B in 100 % of prompts, by 2.00 nats"))
    #expect(text.contains("judge.policy: debiased") && text.contains("8 to distill"))
  }

  @Test("long answers are cut until the prompt fits")
  func truncation() throws {
    var configuration = PrismConfiguration()
    configuration.judge.maxPromptTokens = 1200
    let engine = try biasedEngine()
    let judge = try JudgePairs(configuration: configuration, engine: engine)
    let long = String(repeating: "é", count: 4000)
    _ = try judge.run([pair(0, base: long, persona: long)], report: { _ in .more })
    #expect(engine.judged.count == 2)
    #expect(engine.judged.allSatisfy { $0.tokens.count <= 1200 && $0.tokens.count > 1000 })
    #expect(engine.judged.allSatisfy { !$0.text.contains("\u{FFFD}") })
    configuration.judge.maxPromptTokens = 200
    let tight = try JudgePairs(configuration: configuration, engine: engine)
    #expect(throws: PipelineError.self) {
      _ = try tight.run([pair(0, base: long, persona: long)], report: { _ in .more })
    }
  }

  @Test("correlation with length by hand")
  func lengthCorrelation() {
    // d = 1, 2, 3 and extra lengths 1, 3, 2: deviations (-1,0,1) and (-1,1,0); r = 1 / 2.
    let rows = zip([1, 2, 3] as [Float], ["ab", "abcd", "abc"]).enumerated().map { index, item in
      JudgedPair(
        pair: pair(index, base: "a", persona: item.1),
        reading: reading(-1, -1 - item.0, -1 - item.0, -1), configuration: JudgeConfiguration())
    }
    let correlation = JudgeStatistics(rows, policy: .debiased).lengthCorrelation
    #expect(abs((correlation ?? 0) - 0.5) < 1e-12)
  }
}
