import Foundation
import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Two bundles on a tiny model, and what their requests are answered without company.
struct ServingToys {
  /// One feature's sign decides; nothing is remembered, so any thread may ask.
  struct SignGate: RouteGate {
    let layer: Int
    let feature: Int
    let threshold: Float = 0.5

    func probability(of features: UnsafeBufferPointer<Float>) -> Float {
      1 / (1 + exp(-features[feature]))
    }
  }

  let model: LanguageModel
  let bundles: [ServingBundle]

  init(_ precision: Precision = .fp32) throws {
    try self.init(model: TestData.tinyModel("tiny-llama", precision: precision))
  }

  init(model: LanguageModel) {
    self.model = model
    bundles = [("writer", 0, 5), ("critic", 1, 6)].map { [model] name, layer, seed in
      ServingBundle(
        name: name, gate: SignGate(layer: layer, feature: layer),
        adapter: EngineToys.adapter(
          model.configuration, firstLayer: layer + 1, seed: UInt64(seed)))
    }
  }

  func engine(_ settings: ServingSettings = ServingSettings()) throws -> ServingEngine {
    try ServingEngine(model: model, bundles: bundles, settings: settings)
  }

  /// The engine's loop, stepped by the test.
  func loop(_ settings: ServingSettings = ServingSettings()) throws -> ServingLoop {
    try ServingLoop(model: model, bundles: bundles, settings: settings)
  }

  /// Bytes of so many blocks of keys and values.
  func bytes(ofBlocks count: Int) -> Int {
    count * KeyValuePool(model.configuration, precision: model.precision).blockBytes
  }

  func ticket(_ request: ServingRequest) -> ServingTicket {
    switch request.routing {
    case .base: ServingTicket(request: request)
    case .adapter(let name), .gated(let name, _):
      ServingTicket(request: request, bundle: bundles.firstIndex { $0.name == name })
    }
  }

  /// What `Generator` answers to the request by itself; in shadow mode the base model's answer.
  func alone(_ request: ServingRequest) throws -> GenerationResult {
    func generate(_ policy: RoutePolicy, _ name: String?) throws -> GenerationResult {
      let bundle = bundles.first { $0.name == name }
      return try Generator(model: model, adapter: bundle?.adapter, gate: bundle?.gate).generate([
        .init(prompt: request.prompt, sampling: request.sampling, policy: policy)
      ]) { _ in .more }[0]
    }
    switch request.routing {
    case .base: return try generate(.base, nil)
    case .adapter(let name): return try generate(.adapter, name)
    case .gated(let name, enforce: true): return try generate(.auto, name)
    case .gated(let name, enforce: false):
      var result = try generate(.base, nil)
      result.probability = try generate(.auto, name).probability
      return result
    }
  }

  /// Prompts of 1 to 240 tokens, every kind of routing, three temperatures, own seeds and limits.
  func mixedRequests(_ count: Int) -> [ServingRequest] {
    let routings: [ServingRouting] = [
      .base, .adapter("writer"), .gated("writer", enforce: true), .gated("critic", enforce: true),
      .gated("critic", enforce: false), .adapter("critic"), .gated("writer", enforce: true),
    ]
    let lengths = [3, 150, 64, 1, 65, 20, 100, 7, 240, 12, 128, 2, 190]
    return (0..<count).map { index in
      ServingRequest(
        prompt: EngineToys.prompt(lengths[index % lengths.count], seed: UInt64(index)),
        sampling: SamplingParameters(
          temperature: [0, 0.8, 1.3][index % 3], topP: index % 2 == 0 ? 1 : 0.9,
          maxTokens: 4 + index % 9, seed: UInt64(index)),
        routing: routings[index % routings.count])
    }
  }
}

/// Everything a stream said.
struct ServedAnswer {
  var route: Route?
  var probability: Float?
  var text = ""
  var tokens: [ServingToken] = []
  var end: ServingEnd?
  var textEvents = 0

  /// Reads to the end and checks the order of events.
  init(_ stream: ServingStream) async throws {
    var decisions = 0
    for try await event in stream {
      #expect(end == nil, "nothing comes after the end")
      switch event {
      case .decided(let route, let probability):
        #expect(textEvents == 0)
        decisions += 1
        (self.route, self.probability) = (route, probability)
      case .text(let text, let tokens):
        self.text += text
        self.tokens += tokens
        textEvents += 1
      case .finished(let end): self.end = end
      }
    }
    #expect(decisions == 1 && end != nil)
  }

  /// Whether it is what the request is answered alone. bf16: every bit.
  func expectSame(as alone: GenerationResult, tolerance: Float, _ what: String) throws {
    #expect(tokens.map(\.id) == alone.tokenIDs, "\(what)")
    #expect(text == alone.text, "\(what)")
    #expect(end?.reason == alone.finishReason && end?.route == alone.route, "\(what)")
    #expect(end?.generatedTokens == alone.tokenIDs.count, "\(what)")
    try expectClose(
      tokens.map(\.logProbability), alone.logProbabilities, tolerance: tolerance, what)
    try expectClose(
      [probability].compactMap { $0 }, [alone.probability].compactMap { $0 },
      tolerance: tolerance, what)
  }
}
