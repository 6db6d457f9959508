import PrismModel
import PrismTensor

/// The model under test as generation uses it, with an adapter of the paper's size and random values.
final class BenchmarkSubject {
  let model: LanguageModel
  let adapter: ActiveAdapter
  let generator: Generator
  /// From opening the file to packed weights, and to the first token after a prompt of 32 tokens.
  let loadSeconds: Double
  let timeToFirstToken: Double

  init(path: String, weights format: WeightFormat) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try LanguageModel(path: path, weights: format)
    loadSeconds = (clock.now - start) / .seconds(1)
    // What follows is no part of answering a prompt, so the clock leaves it out.
    let adapterStart = clock.now
    let shape = model.configuration
    guard shape.layerCount > 1 else { throw BenchmarkError.noLayerToAdapt }
    let weights = Self.randomAdapter(shape)
    let outside = clock.now - adapterStart
    self.model = model
    adapter = ActiveAdapter(weights)
    generator = try Generator(model: model, adapter: weights)
    let prompt = RenderedPrompt(tokens: SyntheticTokens(shape).ids(32, stream: 0), text: "")
    let request = GenerationRequest(
      prompt: prompt, sampling: SamplingParameters(temperature: 0, maxTokens: 1))
    _ = try generator.generate([request]) { _ in .more }
    timeToFirstToken = (clock.now - start - outside) / .seconds(1)
  }

  var shape: ModelConfiguration { model.configuration }

  /// Rank 16 on every layer above the first (paper, section 4).
  private static func randomAdapter(_ shape: ModelConfiguration) -> LoRAWeights {
    var weights = LoRAWeights(rank: 16, alpha: 32, layers: 1..<shape.layerCount, model: shape)
    var random = SeededGenerator(seed: 0, 0xADA)
    weights.values = weights.values.map { _ in 0.02 * (random.uniform() - 0.5) }
    return weights
  }

  /// Reads `tokens` into a new cache in the pieces that generation uses.
  func read(_ tokens: [Int32], _ checkpoint: Checkpoint) throws {
    let cache = KeyValueCache(pool: generator.pool)
    let size = generator.settings.maximumRows
    for start in stride(from: 0, to: tokens.count, by: size) {
      let piece = Array(tokens[start..<min(start + size, tokens.count)])
      try advance([BatchSegment(cache: cache, tokens: piece)])
      try checkpoint()
    }
  }

  /// One forward pass over all layers.
  func advance(_ batch: [BatchSegment]) throws {
    generator.pass.begin(batch)
    try generator.pass.run(layers: 0..<shape.layerCount)
    generator.pass.commit()
  }
}
