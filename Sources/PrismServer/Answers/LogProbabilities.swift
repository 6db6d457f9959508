import PrismModel

/// Log-probabilities of drawn tokens in the shape of chat or of plain completions.
struct LogProbabilities: Encodable, Sendable {
  private struct Entry: Encodable, Sendable {
    let token: String
    let logprob: Float
    let bytes: [UInt8]
    /// Absent inside the list of candidates itself.
    let topLogprobs: [Entry]?

    init(_ bytes: [UInt8], _ logProbability: Float, top: [Entry]?) {
      token = Self.text(bytes)
      logprob = Self.finite(logProbability)
      self.bytes = bytes
      topLogprobs = top
    }

    /// Bytes that are no whole character become U+FFFD; `bytes` has them all.
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// JSON has no infinity; OpenAI's own stand-in for "no chance at all" is -9999.
    static func finite(_ value: Float) -> Float { value.isFinite ? value : -9999 }
  }

  // Of chat completions.
  private var content: [Entry]?
  // Of plain completions, one entry a token.
  private var tokens: [String]?
  private var tokenLogprobs: [Float]?
  private var topLogprobs: [[String: Float]]?
  private var textOffset: [Int]?

  static func chat(_ tokens: [ServingToken], count: Int) -> LogProbabilities {
    var result = LogProbabilities()
    result.content = written(tokens).map { token in
      let top = token.top.prefix(count).map { Entry($0.bytes, $0.logProbability, top: nil) }
      return Entry(token.bytes, token.logProbability, top: top)
    }
    return result
  }

  /// - Parameter offset: characters of the answer before the first of `tokens`.
  static func plain(_ tokens: [ServingToken], count: Int, offset: Int) -> LogProbabilities {
    let tokens = written(tokens)
    let texts = tokens.map { Entry.text($0.bytes) }
    var result = LogProbabilities()
    result.tokens = texts
    result.tokenLogprobs = tokens.map { Entry.finite($0.logProbability) }
    result.topLogprobs = tokens.map { token in
      // Two tokens may look alike once cut characters are replaced; the likelier one stands.
      Dictionary(
        token.top.prefix(count).map { (Entry.text($0.bytes), Entry.finite($0.logProbability)) },
        uniquingKeysWith: { first, _ in first })
    }
    var next = offset
    result.textOffset = texts.map { text in
      defer { next += text.unicodeScalars.count }
      return next
    }
    return result
  }

  /// Without control tokens, such as the one that ends a turn: they are no part of the text.
  private static func written(_ tokens: [ServingToken]) -> [ServingToken] {
    tokens.filter { !$0.bytes.isEmpty }
  }
}
