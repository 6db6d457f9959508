/// Guesses the next tokens of an answer: those that came next when its last few stood in the text before.
///
/// Answers quote their prompts and themselves. A guess costs a row of a pass that has rows of its own anyway,
/// and what is drawn never depends on it ("prompt lookup decoding").
package struct TokenDrafter {
  /// Tokens in a row that must have been there before. With fewer, guesses are wrong more often.
  package static let matched = 5

  private var tokens: [Int32]
  /// Where the text went on after each run of `matched` tokens, the last time; by the run's hash, as a
  /// collision is only a wrong guess.
  private var places: [UInt64: Int] = [:]
  private let limit: Int
  /// As many as were right the last time, or twice as many where all were.
  private var length = 1

  /// - Parameters:
  ///   - text: what came before the answer.
  ///   - limit: tokens of one guess at most.
  package init(after text: [Int32], limit: Int) {
    self.limit = limit
    tokens = []
    tokens.reserveCapacity(text.count + 256)
    text.forEach { append($0) }
  }

  package mutating func append(_ token: Int32) {
    // The run that ends before this token, so that the text's own end never finds itself.
    if let run = lastRun { places[run] = tokens.count }
    tokens.append(token)
  }

  /// Notes how many of `guessed` tokens were drawn.
  package mutating func note(right: Int, of guessed: Int) {
    guard guessed > 0 else { return }
    length = right == guessed ? min(limit, 2 * length) : max(1, right)
  }

  /// At most `count` tokens; none where the text has nothing like its end.
  package func guess(_ count: Int) -> [Int32] {
    guard let run = lastRun, let place = places[run] else { return [] }
    var guess: [Int32] = []
    for offset in 0..<max(0, min(count, length, limit)) {
      let next = place + offset
      // A text that repeats itself goes on from what is being guessed.
      guess.append(next < tokens.count ? tokens[next] : guess[next - tokens.count])
    }
    return guess
  }

  private var lastRun: UInt64? {
    guard tokens.count >= Self.matched else { return nil }
    return tokens.suffix(Self.matched).reduce(0xCBF2_9CE4_8422_2325) { hash, token in
      (hash ^ UInt64(UInt32(bitPattern: token))) &* 0x9E37_79B9_7F4A_7C15 ^ hash &>> 29
    }
  }
}
