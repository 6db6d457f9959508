import PrismModel

/// Renders the judge's prompts, with answers cut so that they fit.
struct JudgePrompt {
  let template: String
  let renderer: ChatRenderer
  let configuration: JudgeConfiguration

  /// The prompts with the persona's answer first and with the base's first. Both answers keep the
  /// same number of tokens at most.
  /// Throws `PipelineError.judgePromptTooLong` where the query alone leaves no room.
  func both(_ pair: AnswerPair) throws -> [RenderedPrompt] {
    var limit = configuration.maxAnswerTokens
    while true {
      let persona = cut(pair.persona.text, to: limit)
      let base = cut(pair.base.text, to: limit)
      let prompts = [
        try render(pair.query, first: persona, second: base),
        try render(pair.query, first: base, second: persona),
      ]
      let longest = max(prompts[0].tokens.count, prompts[1].tokens.count)
      if longest <= configuration.maxPromptTokens { return prompts }
      guard limit > 8 else {
        throw PipelineError.judgePromptTooLong(
          query: String(pair.query.text.prefix(60)), tokenCount: longest,
          limit: configuration.maxPromptTokens)
      }
      limit = max(8, min(limit - 1, limit - (longest - configuration.maxPromptTokens) / 2))
    }
  }

  private func render(_ query: Query, first: String, second: String) throws -> RenderedPrompt {
    try renderer.prompt(
      system: nil,
      user: Prompts.filled(
        template, ["query": query.text, "first": first, "second": second]))
  }

  /// The first `limit` tokens of a text; half a character at the cut is dropped.
  private func cut(_ text: String, to limit: Int) -> String {
    let text = text.trimmed
    let ids = renderer.tokenizer.encode(text, parsingControlTokens: false)
    guard ids.count > limit else { return text }
    var bytes = ids.prefix(limit).flatMap { renderer.tokenizer.bytes(of: $0) }
    while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self).trimmed
  }
}
