import PrismModel
import PrismTensor
import PrismTesting

/// Looks at what the generator only uses inside: logits and hidden states of every row.
struct EngineProbe {
  let model: LanguageModel
  let pass: ForwardPass
  let pool: KeyValuePool

  init(_ model: LanguageModel, adapter: LoRAWeights? = nil) {
    self.model = model
    pass = ForwardPass(model: model.transformer, adapter: adapter.map { ActiveAdapter($0) })
    pool = KeyValuePool(model.configuration, precision: model.precision)
  }

  func cache() -> KeyValueCache { KeyValueCache(pool: pool) }

  /// Reads the segments and returns their rows' logits, `[R, V]`.
  func read(_ segments: [BatchSegment]) throws -> [Float] {
    pass.begin(segments)
    try pass.run(layers: 0..<model.configuration.layerCount)
    pass.commit()
    let rows = segments.reduce(0) { $0 + $1.tokens.count }
    let values = try pass.logits(ofRows: Array(0..<rows))
    return Array(
      UnsafeBufferPointer(start: values, count: rows * model.configuration.vocabularySize))
  }

  /// Logits of each sequence at every position, all in one pass; routes are `.base` where not given.
  func logits(_ sequences: [[Int32]], routes: [Route] = []) throws -> [[Float]] {
    let segments = sequences.enumerated().map { index, tokens in
      BatchSegment(
        cache: cache(), tokens: tokens, route: index < routes.count ? routes[index] : .base)
    }
    var rest = try read(segments)[...]
    return sequences.map { tokens in
      let count = tokens.count * model.configuration.vocabularySize
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  /// Logits of one sequence read in pieces of the given sizes through one cache.
  func logits(_ tokens: [Int32], pieces: [Int], route: Route = .base) throws -> [Float] {
    let cache = cache()
    var result: [Float] = []
    var start = 0
    for size in pieces {
      let piece = Array(tokens[start..<min(start + size, tokens.count)])
      result += try read([BatchSegment(cache: cache, tokens: piece, route: route)])
      start += piece.count
    }
    return result
  }

  /// The residual stream of one sequence, `[T, D]`: embeddings first, then after each layer.
  func hiddenStates(_ tokens: [Int32]) throws -> [[Float]] {
    let count = tokens.count * model.configuration.hiddenSize
    func state() -> [Float] { Array(UnsafeBufferPointer(start: pass.hiddenStates, count: count)) }
    pass.begin([BatchSegment(cache: cache(), tokens: tokens)])
    var states = [state()]
    for layer in 0..<model.configuration.layerCount {
      try pass.run(layers: layer..<layer + 1)
      states.append(state())
    }
    return states
  }
}

/// Adapters and prompts made from a seed.
enum EngineToys {
  /// An adapter of rank 4 whose every parameter is normal times `size`; it changes the answers.
  static func adapter(
    _ model: ModelConfiguration, firstLayer: Int = 1, size: Float = 0.2, seed: UInt64 = 5
  ) -> LoRAWeights {
    var adapter = LoRAWeights(
      rank: 4, alpha: 8, layers: firstLayer..<model.layerCount, model: model)
    var random = SeededGenerator(seed: seed)
    for index in adapter.values.indices { adapter.values[index] = size * random.normal() }
    return adapter
  }

  /// Random tokens of the vocabulary, without the control tokens 0 to 2 of the tiny models.
  static func tokens(_ count: Int, seed: UInt64) -> [Int32] {
    var random = SeededGenerator(seed: seed, 77)
    return (0..<count).map { _ in Int32.random(in: 3..<270, using: &random) }
  }

  static func prompt(_ count: Int, seed: UInt64) -> RenderedPrompt {
    RenderedPrompt(tokens(count, seed: seed))
  }
}
