package import PrismModel

/// Stage 3: the model compares the two answers to each query, once in each order. Nothing is
/// sampled: the log-probabilities of the two letters are read off one pass over the prompt.
package struct JudgePairs: Stage {
  package let name = StageName.verdicts
  private let configuration: PrismConfiguration
  private let engine: any LanguageEngine
  private let prompt: JudgePrompt
  private let letters: JudgeLetters

  /// Throws `PipelineError.judgeLetter` for a tokenizer without single tokens for the letters.
  package init(configuration: PrismConfiguration, engine: any LanguageEngine) throws {
    self.configuration = configuration
    self.engine = engine
    prompt = JudgePrompt(
      template: try Prompts().judge, renderer: engine.renderer, configuration: configuration.judge)
    letters = try JudgeLetters(tokenizer: engine.renderer.tokenizer)
  }

  /// One unit is `unitItems` pairs, hence twice as many prompts.
  package func unit(
    _ pairs: [AnswerPair], after finished: [[JudgedPair]], report: Reporter
  ) throws -> [JudgedPair]? {
    let done = finished.reduce(0) { $0 + $1.count }
    guard done < pairs.count else { return nil }
    let items = pairs[done..<min(done + configuration.engine.unitItems, pairs.count)]
    let logs = try engine.nextTokenLogProbabilities(
      try items.flatMap { try prompt.both($0) }, of: letters.tokens
    ) { count in
      report(
        ProgressEvent(
          stage: name.rawValue, done: done + count / 2, total: pairs.count,
          tokens: engine.processedTokenCount))
    }
    return items.enumerated().map { index, pair in
      JudgedPair(
        pair: pair,
        reading: JudgeReading(
          personaFirst: letters.reading(logs[2 * index]),
          baseFirst: letters.reading(logs[2 * index + 1])),
        configuration: configuration.judge)
    }
  }
}
