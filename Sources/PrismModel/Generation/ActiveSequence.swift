import PrismTensor

/// One request on its way through the generator.
final class ActiveSequence {
  let index: Int
  let request: GenerationRequest
  private(set) var cache: KeyValueCache
  /// Tokens the model has yet to read; the prompt first, then each new token.
  var pending: ArraySlice<Int32>
  var route: Route
  var needsGate: Bool
  var probability: Float?
  private(set) var tokenIDs: [Int32] = []
  private(set) var logProbabilities: [Float] = []
  private(set) var text = ""
  private(set) var finishReason: GenerationResult.FinishReason?
  private let tokenLimit: Int
  private let stopTokens: Set<Int32>
  private var sampler: TokenSampler
  private var decoder: StreamingDecoder
  /// Text already handed to the caller; text that may begin a stop string is held back.
  private var emittedCount = 0

  init(
    index: Int, request: GenerationRequest, cache: KeyValueCache, contextLength: Int,
    tokenizer: any Tokenizer, hasGate: Bool
  ) {
    self.index = index
    self.request = request
    self.cache = cache
    pending = request.prompt.tokens[...]
    needsGate = request.policy == .auto && hasGate
    route = request.policy == .adapter ? .adapter : .base
    tokenLimit = min(request.sampling.maxTokens, contextLength - request.prompt.tokens.count)
    stopTokens = tokenizer.stopTokens
    sampler = TokenSampler(request.sampling)
    decoder = StreamingDecoder(tokenizer)
  }

  /// Goes on from a cache that holds the prompt's beginning.
  func start(from shared: KeyValueCache) {
    cache = shared
    pending = request.prompt.tokens[shared.count...]
  }

  /// Blocks of key-value memory this sequence may come to fill.
  var reservedBlocks: Int { KeyValuePool.blocks(covering: request.prompt.tokens.count + tokenLimit) }

  /// Draws the next token; touches nothing but this sequence's random stream.
  func draw(_ logits: UnsafeBufferPointer<Float>) -> TokenSampler.Draw { sampler.next(logits) }

  /// Takes the token that was drawn and returns the text that is now certain.
  func accept(_ drawn: TokenSampler.Draw) -> String {
    let token = drawn.token
    tokenIDs.append(token)
    logProbabilities.append(drawn.logProbability)
    pending = [token]
    if stopTokens.contains(token) {
      text += decoder.finish()
      finishReason = .stop
    } else {
      text += decoder.append(token)
      if tokenIDs.count >= tokenLimit {
        text += decoder.finish()
        finishReason = .length
      }
    }
    return emit()
  }

  /// Cuts at a stop string and returns what the caller has not had yet.
  private func emit() -> String {
    let stops = request.sampling.stop
    var bytes = Array(text.utf8)
    var held = 0
    // One token can complete several stop strings: the one that begins first counts.
    let starts = stops.compactMap { stop in
      Self.firstIndex(
        of: Array(stop.utf8), in: bytes, from: max(0, emittedCount - stop.utf8.count))
    }
    if let start = starts.min() {
      bytes.removeSubrange(start...)
      text = String(decoding: bytes, as: UTF8.self)
      finishReason = .stop
    }
    if finishReason == nil {
      for stop in stops { held = max(held, Self.overlap(of: Array(stop.utf8), withEndOf: bytes)) }
    }
    let end = max(emittedCount, bytes.count - held)
    defer { emittedCount = end }
    return String(decoding: bytes[min(emittedCount, end)..<end], as: UTF8.self)
  }

  private static func firstIndex(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    for at in stride(from: start, through: bytes.count - pattern.count, by: 1)
    where bytes[at..<at + pattern.count].elementsEqual(pattern) { return at }
    return nil
  }

  /// Length of the longest beginning of `pattern` that ends `bytes`.
  private static func overlap(of pattern: [UInt8], withEndOf bytes: [UInt8]) -> Int {
    for length in stride(from: min(pattern.count - 1, bytes.count), to: 0, by: -1)
    where bytes.suffix(length).elementsEqual(pattern.prefix(length)) { return length }
    return 0
  }

  var result: GenerationResult {
    GenerationResult(
      text: text, tokenIDs: tokenIDs, logProbabilities: logProbabilities, route: route,
      probability: probability, finishReason: finishReason ?? .length)
  }
}
