public import PrismModel
public import PrismTraining

/// What gate and adapter learn from: readable verdicts only.
public struct TrainingSets: Hashable, Sendable {
  /// Every readable query, distill and retain.
  public let gate: [GateQuery]
  /// Queries whose persona answer won and has at least one token.
  public let distill: [DistillExample]

  /// Throws what rendering throws, and `PipelineError.damagedRun` for a persona that is missing.
  public init(_ pairs: [JudgedPair], personas: [Persona], renderer: ChatRenderer) throws {
    let texts = Dictionary(personas.map { ($0.name, $0.text) }) { first, _ in first }
    var gate: [GateQuery] = []
    var distill: [DistillExample] = []
    for judged in pairs where judged.verdict != .unreadable {
      let query = judged.pair.query
      let plain = try renderer.prompt(system: nil, user: query.text)
      gate.append(
        GateQuery(
          id: query.id, prompt: plain, label: judged.verdict == .persona, stratum: query.persona,
          split: query.split))
      guard judged.verdict == .persona, !judged.pair.persona.tokenIDs.isEmpty else { continue }
      guard let text = texts[query.persona] else {
        throw PipelineError.damagedRun(
          path: StageName.verdicts.fileName + ".jsonl",
          problem: "the persona \"\(query.persona)\" is not in the run")
      }
      distill.append(
        DistillExample(
          id: query.id, teacherPrompt: try renderer.prompt(system: text, user: query.text),
          studentPrompt: plain, answer: judged.pair.persona.tokenIDs, split: query.split))
    }
    self.gate = gate
    self.distill = distill
  }
}
