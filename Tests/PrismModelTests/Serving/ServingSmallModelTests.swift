import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// The default model, in the precision and with the kernels that serve it.
@Suite(.enabled(if: TestData.smallModelPath != nil), .serialized) struct ServingSmallModelTests {
  // Every bit, in a batch of mixed routes whose prompts are cut and whose prefixes are kept.
  @Test func companyDoesNotMatter() async throws {
    let model = try LanguageModel(path: try #require(TestData.smallModelPath))
    let adapter = EngineToys.adapter(model.configuration, size: 0.01)
    let gate = ServingToys.SignGate(layer: 0, feature: 3)
    let engine = try ServingEngine(
      model: model, bundles: [ServingBundle(name: "writer", gate: gate, adapter: adapter)],
      settings: ServingSettings(promptTokensPerStep: 100))
    let beginning = EngineToys.tokens(70, seed: 1)
    let routings: [(RoutePolicy, ServingRouting)] = [
      (.base, .base), (.adapter, .adapter("writer")), (.auto, .gated("writer", enforce: true)),
    ]
    let generator = try Generator(model: model, adapter: adapter, gate: gate)
    for round in 0..<2 {
      let requests = (0..<9).map { index in
        GenerationRequest(
          prompt: RenderedPrompt(
            beginning + EngineToys.tokens([3, 150, 30][index % 3], seed: UInt64(index))),
          sampling: .init(temperature: [0, 0.7][index % 2], maxTokens: 8, seed: UInt64(index)),
          policy: routings[index / 3].0)
      }
      let streams = try requests.enumerated().map { index, request in
        try engine.submit(
          ServingRequest(
            prompt: request.prompt, sampling: request.sampling, routing: routings[index / 3].1))
      }
      for (index, stream) in streams.enumerated() {
        let answer = try await ServedAnswer(stream)
        let alone = try generator.generate([requests[index]]) { _ in .more }[0]
        try answer.expectSame(
          as: alone, tolerance: model.precision == .bf16 ? 0 : 1e-3, "\(round), request \(index)")
      }
    }
    #expect(engine.statistics().cachedPromptTokens > 0)
  }
}
