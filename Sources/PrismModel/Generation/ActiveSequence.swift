import PrismTensor

/// One request on its way through the model.
final class ActiveSequence {
  let index: Int
  let request: GenerationRequest
  private(set) var cache: KeyValueCache
  /// Tokens the model has yet to read; the prompt first, then each new token and what is guessed to follow.
  private(set) var pending: ArraySlice<Int32>
  private(set) var route: Route
  /// Which of the pass's adapters answers where the route is `.adapter`.
  let adapter: Int
  /// Decides the route, or only says what it would decide; `nil` once it has.
  private(set) var gate: (any RouteGate)?
  /// What the gate chose and why.
  private(set) var decision: (route: Route, probability: Float)?
  private let followsGate: Bool
  /// The last of `pending`, guessed and not drawn; they stay here while a pass reads them.
  private(set) var drafted: [Int32] = []
  private var drafter: TokenDrafter?
  /// Tokens of the answer that were there at the last guess.
  private var draftedFrom = 0
  private let draftLimit: Int
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

  /// - Parameters:
  ///   - gate: asked where the request's policy is `.auto`.
  ///   - followsGate: without, the base model answers whatever the gate says.
  ///   - draftLimit: tokens of one guess at most.
  init(
    index: Int, request: GenerationRequest, cache: KeyValueCache, contextLength: Int,
    tokenizer: any Tokenizer, gate: (any RouteGate)?, adapter: Int = 0, followsGate: Bool = true,
    draftLimit: Int = 0
  ) {
    self.index = index
    self.request = request
    self.cache = cache
    pending = request.prompt.tokens[...]
    self.gate = request.policy == .auto ? gate : nil
    self.adapter = adapter
    self.followsGate = followsGate
    self.draftLimit = draftLimit
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

  /// The next tokens as part of a pass. While the gate has yet to choose, a cache goes on as it was filled.
  func segment(count: Int) -> BatchSegment {
    let filled = needsGate ? cache.weights : nil
    var place = adapter
    if case .adapter(let other) = filled { place = other }
    return BatchSegment(
      cache: cache, tokens: Array(pending.prefix(count)), route: filled?.route ?? route,
      adapter: place)
  }

  var needsGate: Bool { gate != nil }

  /// Whether the route, and with it what may be read from other caches, is still open.
  var isRouteOpen: Bool { needsGate && followsGate }

  var weights: RowWeights { RowWeights(route: route, adapter: adapter) }

  /// Whether the cache holds nothing that other weights have made.
  var fitsItsCache: Bool { cache.weights == nil || cache.weights == weights }

  /// Asks the gate, given the hidden state of the prompt's last token after the gate's layer.
  func decide(_ features: UnsafeBufferPointer<Float>) {
    guard let gate else { return }
    let probability = gate.probability(of: features)
    let chosen = gate.route(for: probability)
    decision = (chosen, probability)
    if followsGate { route = chosen }
    self.gate = nil
  }

  /// Goes past tokens that the model has read.
  func advance(_ count: Int) { pending = pending.dropFirst(count) }

  /// Goes back to a place in the prompt; what is before it stays in the cache.
  func readAgain(from start: Int) {
    cache.rewind(to: start)
    pending = request.prompt.tokens[start...]
  }

  /// Ends the sequence where it is.
  func end() { finishReason = finishReason ?? .stop }

  /// Blocks of key-value memory this sequence may come to fill.
  var reservedBlocks: Int {
    KeyValuePool.blocks(covering: request.prompt.tokens.count + tokenLimit)
  }

  /// Draws the next token, and one more for every guess in a row that it proves right; touches nothing but
  /// this sequence's random stream.
  ///
  /// - Parameter logits: of the token before the guesses and, from 1 on, of each guess.
  func draw(_ logits: (Int) -> UnsafeBufferPointer<Float>) -> [TokenSampler.Draw] {
    var draws = [sampler.next(logits(0))]
    for guess in drafted {
      guard draws[draws.count - 1].token == guess else { break }
      draws.append(sampler.next(logits(draws.count)))
    }
    return draws
  }

  /// Forgets what was read of wrong guesses and guesses what follows. Call when all draws are accepted.
  ///
  /// - Returns: guesses read, and those of them that were right.
  func draft() -> (guessed: Int, right: Int) {
    guard draftLimit > 0 else { return (0, 0) }
    let prompt = request.prompt.tokens
    cache.rewind(to: prompt.count + tokenIDs.count - 1)
    if drafter == nil { drafter = TokenDrafter(after: prompt, limit: draftLimit) }
    let (guessed, right) = (drafted.count, tokenIDs.count - draftedFrom - 1)
    drafter?.note(right: right, of: guessed)
    for token in tokenIDs[draftedFrom...] { drafter?.append(token) }
    draftedFrom = tokenIDs.count
    // The last token of all need not be guessed: nothing is drawn after it.
    let room = finishReason == nil ? tokenLimit - tokenIDs.count - 1 : 0
    drafted = drafter?.guess(room) ?? []
    pending += drafted
    return (guessed, right)
  }

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
      probability: decision?.probability, finishReason: finishReason ?? .length)
  }
}
