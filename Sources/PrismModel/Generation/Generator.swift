import PrismTensor

/// Runs many sequences through one model: they join and leave the running batch as room allows, prompt
/// rows and decode rows share forward passes, and each row carries its own route.
///
/// Not thread-safe: a generator and its memory belong to one thread at a time.
public final class Generator: LanguageEngine {
  public let model: LanguageModel
  public let settings: GeneratorSettings
  public var processedTokenCount: Int { reader.tokenCount + steppedTokenCount }
  private var steppedTokenCount = 0
  package let gate: (any RouteGate)?
  private let hasAdapter: Bool
  package let pass: ForwardPass
  package let pool: KeyValuePool
  let reader: PackedReader

  public var renderer: ChatRenderer { model.renderer }

  /// - Parameters:
  ///   - adapter: what `.adapter` rows run with; without one they throw.
  ///   - gate: who decides `.auto` rows; without one they are base rows.
  public init(
    model: LanguageModel, adapter: LoRAWeights? = nil, gate: (any RouteGate)? = nil,
    settings: GeneratorSettings = GeneratorSettings()
  ) throws {
    try settings.validate()
    try gate?.check(adapter: adapter, layerCount: model.configuration.layerCount)
    self.model = model
    self.settings = settings
    self.gate = gate
    hasAdapter = adapter != nil
    pass = try ForwardPass(model: model.transformer, frozen: adapter.map { [$0] } ?? [])
    pool = KeyValuePool(model.configuration, precision: model.precision)
    reader = PackedReader(
      pass: pass, pool: pool, maximumRows: settings.maximumRows, cacheTokens: settings.cacheTokens)
  }

  public func generate(
    _ requests: [GenerationRequest], onProgress: (Int) -> Continuation
  ) throws -> [GenerationResult] {
    defer { releaseMemory() }
    var done = 0
    return try run(requests, onToken: { _, _, _ in .more }) { _ in
      done += 1
      return onProgress(done)
    }
  }

  /// Answers one request, handing out each token with the text it makes certain.
  public func stream(
    _ request: GenerationRequest, onToken: (Int32, String) -> Continuation
  ) throws -> GenerationResult {
    defer { releaseMemory() }
    return try run([request], onToken: { _, token, text in onToken(token, text) }) { _ in .more }[0]
  }

  /// Keys and values of one stage must not be held through the next.
  private func releaseMemory() {
    pass.end()
    pool.trim()
  }

  private func run(
    _ requests: [GenerationRequest], onToken: (Int, Int32, String) -> Continuation,
    onFinish: (Int) -> Continuation
  ) throws -> [GenerationResult] {
    for request in requests { try check(request) }
    var results = [GenerationResult?](repeating: nil, count: requests.count)
    var waiting = Array(requests.indices)[...]
    var running: [ActiveSequence] = []
    var prefixes = SharedPrefixes(requests.map(sharable), pool: pool)
    while !running.isEmpty || !waiting.isEmpty {
      try admit(from: &waiting, of: requests, sharing: &prefixes, to: &running)
      try step(&running, onToken: onToken)
      for sequence in running where sequence.finishReason != nil {
        results[sequence.index] = sequence.result
        if onFinish(sequence.index) == .stop { throw Interrupted() }
      }
      running.removeAll { $0.finishReason != nil }
    }
    return results.compactMap { $0 }
  }

  private func check(_ request: GenerationRequest) throws {
    try request.sampling.validate()
    try check(request.prompt)
    if request.policy == .adapter { try checkAdapter() }
  }

  func checkAdapter() throws {
    if !hasAdapter {
      throw ModelError.invalidSetting(
        name: "route", value: "adapter", allowed: "base, as no adapter is loaded")
    }
  }

  package func check(_ prompt: RenderedPrompt) throws { try model.check(prompt) }

  /// What other requests may share of one: all but the last token, whose logits are wanted. Above the
  /// gate's layer a prompt depends on a route that is not known yet, so gated requests share nothing.
  private func sharable(_ request: GenerationRequest) -> PrefixTree.Sequence {
    let isGated = request.policy == .auto && gate != nil && hasAdapter
    return PrefixTree.Sequence(
      tokens: request.prompt.tokens, sharable: isGated ? 0 : request.prompt.tokens.count - 1,
      route: request.policy == .adapter ? .adapter : .base)
  }

  /// First come, first served, while the batch and the cache budget have room.
  private func admit(
    from waiting: inout ArraySlice<Int>, of requests: [GenerationRequest],
    sharing prefixes: inout SharedPrefixes, to running: inout [ActiveSequence]
  ) throws {
    let budget = settings.cacheTokens / KeyValuePool.blockPositions
    var used = running.reduce(0) { $0 + $1.reservedBlocks }
    var nodes: Set<Int> = []
    var admitted: [ActiveSequence] = []
    while running.count + admitted.count < settings.maximumBatch, let index = waiting.first {
      let sequence = ActiveSequence(
        index: index, request: requests[index], cache: KeyValueCache(pool: pool),
        contextLength: model.configuration.contextLength, tokenizer: model.tokenizer,
        gate: hasAdapter ? gate : nil)
      let wanted = nodes.union(prefixes.tree.path(to: index))
      let isFirst = running.isEmpty && admitted.isEmpty
      used += sequence.reservedBlocks
      guard isFirst || used + prefixes.blockCount(of: wanted) <= budget else { break }
      // Beginnings that only later requests need make room.
      if used + prefixes.blockCount(of: wanted.union(prefixes.held)) > budget {
        prefixes.drop(keeping: wanted)
      }
      nodes = wanted
      waiting.removeFirst()
      admitted.append(sequence)
    }
    try prefixes.prepare(nodes) { try reader.read($0, layers: allLayers) { _ in } }
    for sequence in admitted { sequence.start(from: prefixes.take(sequence.index)) }
    running += admitted
  }

  /// One forward pass: a row for each decoding sequence, and as many prompt rows as fit beside them.
  private func step(
    _ running: inout [ActiveSequence], onToken: (Int, Int32, String) -> Continuation
  ) throws {
    var parts: [SequenceStep.Part] = []
    // Decoding rows first, base before adapter, so that routed rows touch; then prompts in order.
    let decoding = running.filter { $0.pending.count == 1 && !$0.needsGate }
    for route in [Route.base, .adapter] {
      parts += decoding.filter { $0.route == route }.map { .init(sequence: $0, tokenCount: 1) }
    }
    // Decoding rows do not count: beside them a piece of a long prompt must still find room.
    var rows = 0
    for sequence in running where sequence.pending.count > 1 || sequence.needsGate {
      let count = min(sequence.pending.count, settings.maximumRows)
      guard rows == 0 || rows + count <= settings.maximumRows else { break }
      // A prompt read in pieces needs its route before the first piece.
      if sequence.needsGate && count < sequence.pending.count { try decideAhead(sequence) }
      parts.append(.init(sequence: sequence, tokenCount: count))
      rows += count
    }
    steppedTokenCount += parts.reduce(0) { $0 + $1.tokenCount }
    try SequenceStep(pass: pass).run(parts) { index, draw, _ in
      let sequence = parts[index].sequence
      let text = sequence.accept(draw)
      if onToken(sequence.index, draw.token, text) == .stop { throw Interrupted() }
    }
  }

  private func decideAhead(_ sequence: ActiveSequence) throws {
    guard let gate else { return }
    try features([sequence.request.prompt], afterLayer: gate.layer)[0].withUnsafeBufferPointer {
      sequence.decide($0)
    }
  }
}
