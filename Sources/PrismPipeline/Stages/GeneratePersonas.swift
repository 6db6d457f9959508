package import PrismModel

/// Stage 0: the model writes a persona for each domain name.
package struct GeneratePersonas: Stage {
  package let name = StageName.personas
  private let configuration: PrismConfiguration
  private let engine: any LanguageEngine
  private let prompts: Prompts

  package init(configuration: PrismConfiguration, engine: any LanguageEngine) throws {
    self.configuration = configuration
    self.engine = engine
    prompts = try Prompts()
  }

  /// One unit is one round over up to `unitItems` domains; domains whose text was unusable are
  /// asked again with new seeds. Throws `PipelineError.noUsablePersona` after the last attempt.
  package func unit(
    _ domains: [String], after finished: [[Persona]], report: Reporter
  ) throws -> [Persona]? {
    let done = finished.reduce(0) { $0 + $1.count }
    guard done < domains.count else { return nil }
    let items = Array(domains[done..<min(done + configuration.engine.unitItems, domains.count)])
    var written: [String?] = items.map { _ in nil }
    var lastAnswer = ""
    for attempt in 0..<configuration.personas.attempts {
      let open = items.indices.filter { written[$0] == nil }
      if open.isEmpty { break }
      let requests = try open.map { index in
        try request(items[index], item: done + index, attempt: attempt)
      }
      let settled = items.count - open.count
      let results = try engine.generate(requests) { count in
        report(
          ProgressEvent(
            stage: name.rawValue, done: done + settled + count, total: domains.count,
            tokens: engine.processedTokenCount))
      }
      for (index, result) in zip(open, results) {
        written[index] = PersonaText.cleaned(result.text, length: configuration.personas.length)
        if written[index] == nil { lastAnswer = String(result.text.trimmed.prefix(60)) }
      }
    }
    return try zip(items, written).map { domain, text in
      guard let text else {
        throw PipelineError.noUsablePersona(
          domain: domain, attempts: configuration.personas.attempts, lastAnswer: lastAnswer)
      }
      return Persona(
        name: domain, domain: DomainName.words(of: domain),
        length: configuration.personas.length, text: text)
    }
  }

  private func request(_ domain: String, item: Int, attempt: Int) throws -> GenerationRequest {
    let length = configuration.personas.length
    func question(_ domain: String) -> ChatMessage {
      ChatMessage(
        role: .user, content: Prompts.filled(prompts.persona[length] ?? "", ["domain": domain]))
    }
    let example = ChatMessage(role: .assistant, content: prompts.personaExample[length] ?? "")
    let prompt = try engine.renderer.prompt([
      question(Prompts.exampleDomain), example, question(DomainName.words(of: domain)),
    ])
    return GenerationRequest(
      prompt: prompt,
      sampling: SamplingParameters(
        temperature: Float(configuration.personas.temperature),
        maxTokens: configuration.personas.maxTokens,
        seed: ItemSeed.seed(configuration.engine.seed, name, UInt64(item), UInt64(attempt))))
  }
}
