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
    try Self.check(gate, adapter, layerCount: model.configuration.layerCount)
    self.model = model
    self.settings = settings
    self.gate = gate
    hasAdapter = adapter != nil
    pass = try ForwardPass(model: model.transformer, frozen: adapter)
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

  /// The gate reads what both routes have in common, so the adapter lies above its layer.
  private static func check(
    _ gate: (any RouteGate)?, _ adapter: LoRAWeights?, layerCount: Int
  ) throws {
    guard let gate else { return }
    let highest = (adapter?.layers.lowerBound ?? layerCount) - 1
    guard gate.layer >= 0, gate.layer <= highest else {
      throw ModelError.invalidSetting(
        name: "the gate's layer", value: "\(gate.layer)",
        allowed: "0 to \(highest), below the adapter's layers")
    }
  }

  func checkAdapter() throws {
    if !hasAdapter {
      throw ModelError.invalidSetting(
        name: "route", value: "adapter", allowed: "base, as no adapter is loaded")
    }
  }

  package func check(_ prompt: RenderedPrompt) throws {
    let tokens = prompt.tokens
    guard tokens.count < model.configuration.contextLength else {
      throw ModelError.promptTooLong(
        tokenCount: tokens.count, contextLength: model.configuration.contextLength)
    }
    guard !tokens.isEmpty else {
      throw ModelError.invalidSetting(name: "prompt", value: "empty", allowed: "at least one token")
    }
    try check(tokens)
  }

  func check(_ tokens: [Int32]) throws {
    if let bad = tokens.first(where: { $0 < 0 || Int($0) >= model.configuration.vocabularySize }) {
      throw ModelError.invalidSetting(
        name: "token", value: "\(bad)", allowed: "0 to \(model.configuration.vocabularySize - 1)")
    }
  }

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
        hasGate: gate != nil && hasAdapter)
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
    var batch: [(sequence: ActiveSequence, segment: BatchSegment)] = []
    // Decoding rows first, base before adapter, so that routed rows touch; then prompts in order.
    for sequence in running.filter({ $0.pending.count == 1 && !$0.needsGate }) where sequence.route == .base {
      batch.append((sequence, segment(of: sequence, count: 1)))
    }
    for sequence in running where sequence.pending.count == 1 && sequence.route == .adapter {
      batch.append((sequence, segment(of: sequence, count: 1)))
    }
    // Decoding rows do not count: beside them a piece of a long prompt must still find room.
    var rows = 0
    for sequence in running where sequence.pending.count > 1 || sequence.needsGate {
      let count = min(sequence.pending.count, settings.maximumRows)
      guard rows == 0 || rows + count <= settings.maximumRows else { break }
      // A prompt read in pieces needs its route before the first piece.
      if sequence.needsGate && count < sequence.pending.count { try decideAhead(sequence) }
      batch.append((sequence, segment(of: sequence, count: count)))
      rows += count
    }
    pass.begin(batch.map(\.segment))
    let layers = model.configuration.layerCount
    if let gate, batch.contains(where: { $0.sequence.needsGate }) {
      try pass.run(layers: 0..<gate.layer + 1)
      for (index, entry) in batch.enumerated() where entry.sequence.needsGate {
        decide(entry.sequence, gate, pass.lastHiddenState(ofSegment: index))
        pass.setRoute(entry.sequence.route, ofSegment: index)
      }
      try pass.run(layers: gate.layer + 1..<layers)
    } else {
      try pass.run(layers: 0..<layers)
    }
    pass.commit()
    steppedTokenCount += batch.reduce(0) { $0 + $1.segment.tokens.count }
    for entry in batch { entry.sequence.pending = entry.sequence.pending.dropFirst(entry.segment.tokens.count) }
    try sample(batch.map(\.sequence), onToken: onToken)
  }

  private func sample(
    _ sequences: [ActiveSequence], onToken: (Int, Int32, String) -> Continuation
  ) throws {
    let ready = sequences.indices.filter { sequences[$0].pending.isEmpty }
    guard !ready.isEmpty else { return }
    let size = model.configuration.vocabularySize
    // A batch of prompts can be longer than the logits' memory should be.
    for start in stride(from: 0, to: ready.count, by: 64) {
      let part = Array(ready[start..<min(start + 64, ready.count)])
      let logits = try pass.lastLogits(ofSegments: part)
      // Each sequence draws from its own random stream, so the draws can run side by side; callers hear
      // of them in order.
      var draws = [TokenSampler.Draw](repeating: (0, 0), count: part.count)
      draws.withUnsafeMutableBufferPointer { draws in
        parallel(part.count) { row in
          draws[row] = sequences[part[row]].draw(
            UnsafeBufferPointer(start: logits + row * size, count: size))
        }
      }
      for (draw, index) in zip(draws, part) {
        let text = sequences[index].accept(draw)
        if onToken(sequences[index].index, draw.token, text) == .stop { throw Interrupted() }
      }
    }
  }

  private func segment(of sequence: ActiveSequence, count: Int) -> BatchSegment {
    BatchSegment(
      cache: sequence.cache, tokens: Array(sequence.pending.prefix(count)), route: sequence.route)
  }

  private func decide(
    _ sequence: ActiveSequence, _ gate: any RouteGate, _ features: UnsafeBufferPointer<Float>
  ) {
    let probability = gate.probability(of: features)
    sequence.probability = probability
    sequence.route = gate.route(for: probability)
    sequence.needsGate = false
  }

  private func decideAhead(_ sequence: ActiveSequence) throws {
    guard let gate else { return }
    try features([sequence.request.prompt], afterLayer: gate.layer)[0].withUnsafeBufferPointer {
      decide(sequence, gate, $0)
    }
  }
}
