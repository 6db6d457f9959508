package import PrismModel

/// Stage 1: the model writes queries for each persona, one a prompt.
package struct GenerateQueries: Stage {
  package let name = StageName.queries
  private let configuration: PrismConfiguration
  private let engine: any LanguageEngine
  private let template: String

  package init(configuration: PrismConfiguration, engine: any LanguageEngine) throws {
    self.configuration = configuration
    self.engine = engine
    template = try Prompts().query
  }

  /// A prompt to be sent: the persona's position and how often that persona was asked before.
  private struct Candidate {
    let persona: Int
    let draw: Int
  }

  /// One unit sends up to `unitItems` prompts and keeps what is usable and new. The first round
  /// asks `perPersona` times for each persona, later rounds for what is still missing.
  package func unit(
    _ personas: [Persona], after finished: [[Query]], report: Reporter
  ) throws -> [Query]? {
    guard let candidates = next(personas, after: finished) else { return nil }
    let kept = finished.flatMap { $0 }
    let total = personas.count * configuration.queries.perPersona
    let results = try engine.generate(
      try candidates.map { try request($0, personas[$0.persona]) }
    ) { count in
      report(
        ProgressEvent(
          stage: name.rawValue, done: min(kept.count + count, total), total: total,
          tokens: engine.processedTokenCount))
    }
    var seen = Set(kept.map { QueryText.key($0.text) })
    var counts = Dictionary(kept.map { ($0.persona, 1) }, uniquingKeysWith: +)
    var rows: [Query] = []
    for (candidate, result) in zip(candidates, results) {
      let persona = personas[candidate.persona].name
      guard counts[persona, default: 0] < configuration.queries.perPersona,
        let text = QueryText.cleaned(
          result.text, cutOff: result.finishReason == .length,
          tooShort: configuration.queries.tooShort),
        seen.insert(QueryText.key(text)).inserted
      else {
        if candidate.draw + 1 == lastDraw, counts[persona, default: 0] == 0 {
          throw PipelineError.noUsableQuery(
            persona: persona, attempts: lastDraw,
            lastAnswer: String(result.text.trimmed.prefix(60)))
        }
        continue
      }
      counts[persona, default: 0] += 1
      rows.append(
        Query(persona: persona, text: text, heldOutShare: configuration.split.heldOutShare))
    }
    return rows
  }

  /// Draws a persona that never yields anything would reach.
  private var lastDraw: Int { configuration.queries.perPersona * configuration.queries.attempts }

  /// The next unit's prompts, from nothing but the units' kept rows: replays the rounds.
  private func next(_ personas: [Persona], after finished: [[Query]]) -> [Candidate]? {
    var draws = personas.map { _ in 0 }
    var counts: [String: Int] = [:]
    var unit = 0
    for _ in 0..<configuration.queries.attempts {
      var round: [Candidate] = []
      for (index, persona) in personas.enumerated() {
        let missing = configuration.queries.perPersona - counts[persona.name, default: 0]
        for _ in 0..<max(0, missing) {
          round.append(Candidate(persona: index, draw: draws[index]))
          draws[index] += 1
        }
      }
      for start in stride(from: 0, to: round.count, by: configuration.engine.unitItems) {
        if unit == finished.count {
          return Array(round[start..<min(start + configuration.engine.unitItems, round.count)])
        }
        for query in finished[unit] { counts[query.persona, default: 0] += 1 }
        unit += 1
      }
    }
    return nil
  }

  private func request(_ candidate: Candidate, _ persona: Persona) throws -> GenerationRequest {
    let prompt = try engine.renderer.prompt(
      system: nil, user: Prompts.filled(template, ["persona": persona.text]))
    return GenerationRequest(
      prompt: prompt,
      sampling: SamplingParameters(
        temperature: Float(configuration.queries.temperature),
        maxTokens: configuration.queries.maxTokens, stop: ["\n"],
        seed: ItemSeed.seed(
          configuration.engine.seed, name, UInt64(candidate.persona), UInt64(candidate.draw))))
  }
}
