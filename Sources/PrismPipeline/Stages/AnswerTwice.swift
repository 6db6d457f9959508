package import PrismModel

/// Stage 2: each query is answered without and with its persona.
package struct AnswerTwice: Stage {
  package struct Input {
    package let queries: [Query]
    package let personas: [Persona]

    package init(queries: [Query], personas: [Persona]) {
      self.queries = queries
      self.personas = personas
    }
  }

  package let name = StageName.answers
  private let configuration: PrismConfiguration
  private let engine: any LanguageEngine

  package init(configuration: PrismConfiguration, engine: any LanguageEngine) {
    self.configuration = configuration
    self.engine = engine
  }

  /// One unit is `unitItems` queries, hence twice as many answers.
  package func unit(
    _ input: Input, after finished: [[AnswerPair]], report: Reporter
  ) throws -> [AnswerPair]? {
    let done = finished.reduce(0) { $0 + $1.count }
    guard done < input.queries.count else { return nil }
    let end = min(done + configuration.engine.unitItems, input.queries.count)
    let texts = Dictionary(input.personas.map { ($0.name, $0.text) }) { first, _ in first }
    var requests: [GenerationRequest] = []
    for item in done..<end {
      let query = input.queries[item]
      guard let persona = texts[query.persona] else {
        throw PipelineError.damagedRun(
          path: StageName.queries.fileName + ".jsonl",
          problem: "a query belongs to the persona \"\(query.persona)\", which is not in the run")
      }
      requests.append(try request(query, system: nil, item: item, side: 0))
      requests.append(try request(query, system: persona, item: item, side: 1))
    }
    let results = try engine.generate(requests) { count in
      report(
        ProgressEvent(
          stage: name.rawValue, done: done + count / 2, total: input.queries.count,
          tokens: engine.processedTokenCount))
    }
    return (done..<end).map { item in
      let index = 2 * (item - done)
      return AnswerPair(
        query: input.queries[item], base: answer(results[index]),
        persona: answer(results[index + 1]))
    }
  }

  private func request(_ query: Query, system: String?, item: Int, side: UInt64) throws
    -> GenerationRequest
  {
    GenerationRequest(
      prompt: try engine.renderer.prompt(system: system, user: query.text),
      sampling: SamplingParameters(
        temperature: Float(configuration.answers.temperature),
        maxTokens: configuration.answers.maxTokens,
        seed: ItemSeed.seed(configuration.engine.seed, name, UInt64(item), side)))
  }

  private func answer(_ result: GenerationResult) -> AnswerPair.Answer {
    AnswerPair.Answer(
      text: result.text, tokenIDs: result.tokenIDs, finishReason: result.finishReason)
  }
}
