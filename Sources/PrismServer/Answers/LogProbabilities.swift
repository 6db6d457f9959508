import PrismModel

/// Log-probabilities of drawn tokens in the shape of chat or of plain completions.
struct LogProbabilities: Encodable, Sendable {
  private struct Entry: Encodable, Sendable {
    let token: String
    let logprob: Float
    let bytes: [UInt8]
    /// Absent inside the list of candidates itself.
    let topLogprobs: [Entry]?

    init(_ candidate: ChatToken.Candidate, top: [Entry]?) {
      token = candidate.text
      logprob = candidate.finiteLogProbability
      bytes = candidate.bytes
      topLogprobs = top
    }
  }

  // Of chat completions.
  private var content: [Entry]?
  // Of plain completions, one entry a token.
  private var tokens: [String]?
  private var tokenLogprobs: [Float]?
  private var topLogprobs: [[String: Float]]?
  private var textOffset: [Int]?

  static func chat(_ tokens: [ChatToken], count: Int) -> LogProbabilities {
    var result = LogProbabilities()
    result.content = tokens.map { token in
      Entry(token.drawn, top: token.top.prefix(count).map { Entry($0, top: nil) })
    }
    return result
  }

  /// - Parameter offset: characters of the answer before the first of `tokens`.
  static func plain(_ tokens: [ChatToken], count: Int, offset: Int) -> LogProbabilities {
    var result = LogProbabilities()
    result.tokens = tokens.map(\.drawn.text)
    result.tokenLogprobs = tokens.map(\.drawn.finiteLogProbability)
    result.topLogprobs = tokens.map { token in
      // Two tokens may look alike once cut characters are replaced; the likelier one stands.
      Dictionary(
        token.top.prefix(count).map { ($0.text, $0.finiteLogProbability) },
        uniquingKeysWith: { first, _ in first })
    }
    var next = offset
    result.textOffset = tokens.map { token in
      defer { next += token.drawn.text.unicodeScalars.count }
      return next
    }
    return result
  }
}

extension ChatToken.Candidate {
  /// Bytes that are no whole character become U+FFFD; `bytes` has them all.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// JSON has no infinity; OpenAI's own stand-in for "no chance at all" is -9999.
  var finiteLogProbability: Float { logProbability.isFinite ? logProbability : -9999 }
}
