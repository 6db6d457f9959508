import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Prompts with a common beginning read it once.
@Suite struct SharedPrefixTests {
  private func requests(sharing length: Int, tails: [Int]) -> [GenerationRequest] {
    let beginning = EngineToys.tokens(length, seed: 1)
    return tails.enumerated().map { index, tail in
      GenerationRequest(
        prompt: RenderedPrompt(beginning + EngineToys.tokens(tail, seed: UInt64(10 + index))),
        sampling: SamplingParameters(temperature: 0, maxTokens: 6))
    }
  }

  // Block borders lie at multiples of 64 positions.
  @Test(arguments: [65, 100, 128, 150], TestData.precisions)
  func sharedIsUnshared(_ length: Int, _ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let requests = requests(sharing: length, tails: [3, 1, 20, 70])
    let together = try Generator(model: model).generate(requests) { _ in .more }
    for (request, result) in zip(requests, together) {
      let alone = try Generator(model: model).generate([request]) { _ in .more }[0]
      // Greedy choices could differ only where two logits are closer than rounding.
      try expectClose(
        Array(result.logProbabilities.prefix(1)), Array(alone.logProbabilities.prefix(1)),
        tolerance: precision == .fp32 ? 1e-4 : 0.05)
      if precision == .fp32 { #expect(result.tokenIDs == alone.tokenIDs) }
    }
  }

  @Test func theBeginningIsReadOnce() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let requests = requests(sharing: 100, tails: [5, 5, 5, 5, 5, 5])
    let generator = try Generator(
      model: model, settings: GeneratorSettings(maximumBatch: 2))
    let results = try generator.generate(requests) { _ in .more }
    // The last token of each answer is never read.
    let answered = results.reduce(0) { $0 + $1.tokenIDs.count - 1 }
    #expect(generator.processedTokenCount == 100 + 6 * 5 + answered)
  }

  @Test func identicalPromptsKeepTheirLastToken() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let request = requests(sharing: 80, tails: [0])[0]
    let results = try Generator(model: model).generate([request, request, request]) { _ in .more }
    #expect(Set(results.map(\.tokenIDs)).count == 1)
  }

  // Above the gate's layer what is shared depends on a route that is not known yet.
  @Test func gatedRequestsShareNothing() throws {
    let model = try TestData.tinyModel("tiny-llama")
    var requests = requests(sharing: 100, tails: [5, 5])
    for index in requests.indices {
      requests[index].policy = .auto
      requests[index].sampling.maxTokens = 1
    }
    let generator = try Generator(
      model: model, adapter: EngineToys.adapter(model.configuration), gate: HalfGate())
    _ = try generator.generate(requests) { _ in .more }
    #expect(generator.processedTokenCount == 2 * 105)
  }

  private struct HalfGate: RouteGate {
    let layer = 0
    let threshold: Float = 0.5
    func probability(of features: UnsafeBufferPointer<Float>) -> Float { 0.5 }
  }
}
