extension ModelConfiguration {
  /// Throws `ModelError` unless the prompt has tokens of this vocabulary and leaves room in the context.
  package func check(_ prompt: RenderedPrompt) throws {
    let tokens = prompt.tokens
    guard tokens.count < contextLength else {
      throw ModelError.promptTooLong(tokenCount: tokens.count, contextLength: contextLength)
    }
    guard !tokens.isEmpty else {
      throw ModelError.invalidSetting(name: "prompt", value: "empty", allowed: "at least one token")
    }
    try check(tokens)
  }

  func check(_ tokens: [Int32]) throws {
    if let bad = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
      throw ModelError.invalidSetting(
        name: "token", value: "\(bad)", allowed: "0 to \(vocabularySize - 1)")
    }
  }
}

extension LanguageModel {
  /// As `ModelConfiguration.check`.
  package func check(_ prompt: RenderedPrompt) throws { try configuration.check(prompt) }

  func check(_ tokens: [Int32]) throws { try configuration.check(tokens) }
}
