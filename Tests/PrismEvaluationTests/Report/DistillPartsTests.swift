import Foundation
import PrismEvaluation
import PrismModel
import PrismPipeline
import PrismTraining
import Testing

@Suite("What a distillation's report picks and sums up")
struct DistillPartsTests {
  /// Log-odds +1, -1 or 0 for the persona in both orders; nothing on the letters when unreadable.
  private func judged(_ persona: String, _ index: Int, _ verdict: Verdict) -> JudgedPair {
    let answer = AnswerPair.Answer(text: "text", tokenIDs: [1], finishReason: .stop)
    let gain: Float = verdict == .persona ? 1 : verdict == .base ? -1 : 0
    let floor: Float = verdict == .unreadable ? -100 : -1
    return JudgedPair(
      pair: AnswerPair(
        query: Query(persona: persona, text: "Query \(index) of \(persona)?", heldOutShare: 0.3),
        base: answer, persona: answer),
      reading: JudgeReading(
        personaFirst: LetterReading(logA: floor + gain, logB: floor),
        baseFirst: LetterReading(logA: floor, logB: floor + gain)),
      configuration: JudgeConfiguration())
  }

  /// 10 to distill, 10 to retain and one unreadable for each persona.
  private func pairs(_ personas: [String]) -> [JudgedPair] {
    personas.flatMap { name in
      (0..<20).map { judged(name, $0, $0 < 10 ? .persona : .base) }
        + [judged(name, 20, .unreadable)]
    }
  }

  @Test(
    "samples: every persona the same number, verdicts in turn, held out first, any order of rows")
  func choice() throws {
    let personas = ["a", "b", "c"]
    let rows = pairs(personas)
    let chosen = SampleChoice.choose(rows, personas: personas)
    #expect(chosen.count == 12 && Set(chosen).count == 12)
    #expect(chosen == SampleChoice.choose(rows.reversed(), personas: personas))
    #expect(chosen.prefix(3).map(\.pair.query.persona) == personas)
    #expect(chosen.prefix(3).map(\.verdict) == [.persona, .base, .unreadable])
    for name in personas {
      let own = chosen.filter { $0.pair.query.persona == name }
      #expect(own.count == 4 && Set(own.map(\.verdict)) == [.persona, .base, .unreadable])
      // The first of each verdict is held out where any is, with the smallest hash.
      for verdict in [Verdict.persona, .base] {
        let all = rows.filter { $0.pair.query.persona == name && $0.verdict == verdict }
        let heldOut = all.filter { $0.pair.query.split == .heldOut }
        let expected = (heldOut.isEmpty ? all : heldOut).map(\.pair.query.id).min()
        #expect(own.first { $0.verdict == verdict }?.pair.query.id == expected)
      }
    }
  }

  @Test("samples: few rows give all of them, many personas are spread evenly, none gives none")
  func choiceAtTheEdges() {
    let few = [judged("a", 0, .persona), judged("a", 1, .base)]
    #expect(SampleChoice.choose(few, personas: ["a", "b"]).count == 2)
    #expect(SampleChoice.choose([], personas: ["a"]).isEmpty)
    #expect(SampleChoice.choose(few, personas: []).isEmpty)
    let many = (0..<36).map { "p\($0 + 10)" }
    let names = SampleChoice.choose(pairs(many), personas: many).map(\.pair.query.persona)
    #expect(names == (0..<12).map { "p\(3 * $0 + 10)" })
  }

  private func report(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> GateReport {
    func stratum(_ name: String, _ counts: [Int], _ right: Int) -> [String: Any] {
      [
        "name": name, "heldOutCount": counts[0], "positiveCount": counts[1],
        "routedCount": counts[2], "accuracy": Double(right) / Double(counts[0]),
      ]
    }
    var object: [String: Any] = [
      "trainingCount": 1, "validationCount": 0, "heldOutCount": 10, "trainingPositiveShare": 0.5,
      "calibrationBins": [
        [
          "lowerBound": 0.4, "upperBound": 0.5, "count": 7, "meanProbability": 0.45,
          "positiveShare": 3.0 / 7,
        ]
      ],
      "rocPoints": [], "threshold": 0.5, "epochCount": 1, "bestEpoch": 1, "trainingLoss": [0.7],
      "validationLoss": [], "notes": ["there is little to see"],
      "strata": [stratum("a", [6, 3, 4], 3), stratum("b", [4, 1, 1], 4)],
    ]
    change(&object)
    return try JSONDecoder().decode(
      GateReport.self, from: JSONSerialization.data(withJSONObject: object))
  }

  /// a: 6 rows, 3 the adapter's, 4 routed, 3 right: 2 hits, 2 false alarms, 1 missed, 1 left.
  /// b: 4 rows, 1 the adapter's, routed, all right: 1 hit, 3 left.
  @Test("the gate's confusion and histogram follow from the report's sums")
  func confusion() throws {
    let gate = try HeldOutGate.content(report())
    let found = try #require(gate.confusion)
    #expect(found.adapterToAdapter == 3 && found.adapterToBase == 1)
    #expect(found.baseToAdapter == 2 && found.baseToBase == 4)
    #expect(gate.histogram.map(\.adapterCount) == [3] && gate.histogram.map(\.baseCount) == [4])
    #expect(gate.notes == ["There is little to see."] && gate.rows == .heldOutQueries)
    #expect(try HeldOutGate.content(report { $0["strata"] = [] as [Any] }).confusion == nil)
  }

  @Test("counts and shares that no gate has are refused", arguments: ["count", "positiveShare"])
  func hostile(key: String) throws {
    for value in [-1, 1e18, Double(Int.max)] {
      let report = try report { object in
        var bins = object["calibrationBins"] as? [[String: Any]] ?? []
        bins[0][key] = key == "count" ? Int(exactly: value) ?? Int.max : value
        object["calibrationBins"] = bins
      }
      #expect(throws: EvaluationError.self) { _ = try HeldOutGate.content(report) }
    }
  }

  // All ten routed and none of them the adapter's, and yet one or eight right: no table has these sums.
  @Test("counts that contradict one another are refused", arguments: [0.1, 0.8])
  func contradiction(accuracy: Double) throws {
    let report = try report {
      $0["strata"] = [
        [
          "name": "a", "heldOutCount": 10, "positiveCount": 0, "routedCount": 10,
          "accuracy": accuracy,
        ]
      ]
    }
    #expect(throws: EvaluationError.self) { _ = try HeldOutGate.content(report) }
  }
}
