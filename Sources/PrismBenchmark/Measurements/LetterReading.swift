package import PrismModel

/// How the probabilities of the letters that answer a question are had.
package enum LetterReading: Hashable, Sendable {
  /// One prefill a question, as `prism eval` does it: questions share passes, and all letters are read
  /// from the last token's logits.
  case onePrefill
  /// As the paper's public code does it, one question after the other: a pass over the prompt, and one
  /// over the prompt with each letter after it. Nothing is shared.
  case fivePasses

  /// Natural-log probability of each letter after each question: `[question, letter]`. Both readings give
  /// the same numbers up to rounding.
  ///
  /// - Parameter checkpoint: called now and then; what it throws ends the reading.
  package func read(
    _ questions: [RenderedPrompt], letters: [Int32], with generator: Generator,
    checkpoint: () throws -> Void = {}
  ) throws -> [[Float]] {
    switch self {
    case .onePrefill:
      try checkpoint()
      return try generator.nextTokenLogProbabilities(questions, of: letters) { _ in .more }
    case .fivePasses:
      return try questions.map { question in
        try checkpoint()
        _ = try generator.nextTokenLogProbabilities([question], of: letters) { _ in .more }
        return try letters.map { letter in
          // A token after the letter has the letter itself read as well; its own value is not used.
          try generator.logProbabilities(of: [letter, letter], after: question)[0]
        }
      }
    }
  }

  /// Tokens read for one question of so many tokens.
  func tokensRead(_ tokens: Int, letters: Int) -> Int {
    switch self {
    case .onePrefill: tokens
    case .fivePasses: tokens + letters * (tokens + 1)
    }
  }

  /// Arithmetic of reading one question of so many tokens, in multiply-adds.
  func multiplyAdds(_ work: ModelWork, tokens: Int, letters: Int) -> Int {
    switch self {
    case .onePrefill: work.prefill(tokens)
    // The passes with a letter have logits of two rows.
    case .fivePasses: work.prefill(tokens) + letters * (work.prefill(tokens + 1) + work.head)
    }
  }
}
