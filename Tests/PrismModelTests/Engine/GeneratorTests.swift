import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Batching, limits and errors of the generator.
@Suite struct GeneratorTests {
  /// Prompts of 1 to 150 tokens, three temperatures, all routes, own seeds and limits.
  private func requests() -> [GenerationRequest] {
    [3, 150, 64, 1, 65, 20, 100, 7, 66, 12, 128, 2].enumerated().map { index, length in
      GenerationRequest(
        prompt: EngineToys.prompt(length, seed: UInt64(index)),
        sampling: SamplingParameters(
          temperature: [0, 0.8, 1.3][index % 3], topP: index % 2 == 0 ? 1 : 0.9,
          maxTokens: 5 + index, seed: UInt64(index)),
        policy: [.base, .adapter, .auto, .base][index % 4])
    }
  }

  private func generator(
    _ precision: Precision, _ settings: GeneratorSettings = GeneratorSettings()
  ) throws -> Generator {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    return try Generator(
      model: model, adapter: EngineToys.adapter(model.configuration),
      gate: GateFeatureTests.RecordingGate(layer: 0), settings: settings)
  }

  // Exact, because rows do not depend on their batch (see `BatchingTests`).
  @Test(arguments: TestData.precisions) func neitherBatchNorOrderMatters(_ precision: Precision)
    throws
  {
    let expected = try generator(precision, .init(maximumBatch: 1)).generate(requests()) { _ in
      .more
    }
    #expect(Set(expected.map(\.route)) == [.base, .adapter])
    for settings in [
      GeneratorSettings(), .init(maximumBatch: 3), .init(maximumBatch: 5, cacheTokens: 300),
      .init(maximumBatch: 12, cacheTokens: 1),
    ] {
      let engine = try generator(precision, settings)
      let forward = try engine.generate(requests()) { _ in .more }
      let backward = try engine.generate(requests().reversed()) { _ in .more }
      for (index, result) in expected.enumerated() {
        for other in [forward[index], backward[expected.count - 1 - index]] {
          #expect(other.tokenIDs == result.tokenIDs && other.text == result.text)
          #expect(other.route == result.route && other.probability == result.probability)
          // The adapter's small products are summed in another order in other batches.
          try expectClose(
            other.logProbabilities, result.logProbabilities,
            tolerance: precision == .fp32 ? 1e-4 : 0.1)
        }
      }
    }
  }

  @Test func promptsInPiecesAreWhole() throws {
    let whole = try generator(.fp32, .init(maximumRows: 1024)).generate(requests()) { _ in .more }
    let pieces = try generator(.fp32, .init(maximumRows: 64)).generate(requests()) { _ in .more }
    for (a, b) in zip(pieces, whole) {
      #expect(a.tokenIDs == b.tokenIDs && a.route == b.route)
      try expectClose(a.logProbabilities, b.logProbabilities, tolerance: 1e-4)
    }
  }

  @Test func memoryIsReused() throws {
    let engine = try generator(.fp32)
    let first = try engine.generate(requests()) { _ in .more }
    let blocks = engine.pool.highestBlockCount
    let bytes = engine.pass.byteCount
    let again = try engine.generate(requests()) { _ in .more }
    #expect(again == first)
    #expect(engine.pool.highestBlockCount == blocks && engine.pass.byteCount == bytes)
    // Between calls the memory is the next stage's.
    #expect(engine.pool.blockCount == 0)
    // One sequence at a time needs as many blocks as the longest.
    let narrow = try generator(.fp32, .init(maximumBatch: 1))
    _ = try narrow.generate(requests()) { _ in .more }
    #expect(narrow.pool.highestBlockCount <= 3)
  }

  @Test func tokensAreCounted() throws {
    let engine = try generator(.fp32)
    let request = GenerationRequest(
      prompt: EngineToys.prompt(10, seed: 1), sampling: .init(temperature: 0, maxTokens: 4))
    let result = try engine.generate([request]) { _ in .more }[0]
    #expect(result.tokenIDs.count == 4 && result.finishReason == .length)
    // The last token is never read.
    #expect(engine.processedTokenCount == 10 + 3)
  }

  @Test(arguments: [(250, 100, 6), (255, 100, 1), (200, 3, 3)])
  func theContextLimitsTheAnswer(_ prompt: Int, _ limit: Int, _ count: Int) throws {
    let request = GenerationRequest(
      prompt: EngineToys.prompt(prompt, seed: 3), sampling: .init(temperature: 0, maxTokens: limit))
    let result = try generator(.fp32).generate([request]) { _ in .more }[0]
    #expect(result.tokenIDs.count == count && result.finishReason == .length)
  }

  @Test func badRequests() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let engine = try Generator(model: model)
    func error(
      _ tokens: [Int32], _ policy: RoutePolicy = .base, _ sampling: SamplingParameters = .init()
    ) -> ModelError? {
      #expect(throws: ModelError.self) {
        try engine.generate([
          .init(prompt: RenderedPrompt(tokens), sampling: sampling, policy: policy)
        ]) { _ in .more }
      }
    }
    #expect(
      error(EngineToys.tokens(256, seed: 1)) == .promptTooLong(tokenCount: 256, contextLength: 256))
    func name(_ error: ModelError?) -> String? {
      if case .invalidSetting(let name, _, _) = error { name } else { nil }
    }
    #expect(name(error([])) == "prompt")
    #expect(name(error([3, 272])) == "token")
    #expect(name(error([-1])) == "token")
    #expect(name(error([3], .adapter)) == "route")
    #expect(name(error([3], .base, .init(temperature: -1))) == "temperature")
    #expect(name(error([3], .base, .init(temperature: .nan))) == "temperature")
    #expect(name(error([3], .base, .init(topP: 0))) == "topP")
    #expect(name(error([3], .base, .init(topK: -1))) == "topK")
    #expect(name(error([3], .base, .init(minP: 1))) == "minP")
    #expect(name(error([3], .base, .init(maxTokens: 0))) == "maxTokens")
    #expect(name(error([3], .base, .init(stop: [""]))) == "stop")
    // Without a gate or an adapter, auto is base.
    let sampling = SamplingParameters(temperature: 0, maxTokens: 2)
    let auto = try engine.generate([
      .init(prompt: RenderedPrompt([3]), sampling: sampling, policy: .auto)
    ]) { _ in .more }[0]
    #expect(auto.route == .base && auto.probability == nil)
    #expect(try engine.generate([]) { _ in .more } == [])
  }

  @Test func stopping() throws {
    let engine = try generator(.fp32, .init(maximumBatch: 2))
    var counts: [Int] = []
    #expect(throws: Interrupted.self) {
      try engine.generate(requests()) { done in
        counts.append(done)
        return done == 3 ? .stop : .more
      }
    }
    #expect(counts == [1, 2, 3])
    // The engine is as good as new.
    let expected = try generator(.fp32).generate(requests()) { _ in .more }
    #expect(
      try engine.generate(requests()) { _ in .more }.map(\.tokenIDs) == expected.map(\.tokenIDs))
  }
}
