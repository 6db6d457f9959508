import Foundation
import PrismModel
import PrismRouter
import PrismServer
import PrismTensor
import PrismTesting
import Testing

/// The real generator behind the server's endpoints, on a tiny model.
@Suite("A real model behind the server") struct GeneratorEngineTests {
  /// The tiny Llama with an adapter that changes its answers, and a gate that always says 0.5.
  private func engine(queueLimit: Int = 8) throws -> (GeneratorEngine, LanguageModel, RouterBundle)
  {
    let model = try TestData.tinyModel("tiny-llama", precision: .fp32)
    var adapter = LoRAWeights(rank: 2, alpha: 8, layers: 1..<3, model: model.configuration)
    for index in adapter.values.indices { adapter.values[index] = sin(Float(index)) / 3 }
    let size = model.configuration.hiddenSize
    let gate = Gate(
      layer: 0, threshold: 0.5, mean: [Float](repeating: 0, count: size),
      deviation: [Float](repeating: 1, count: size),
      network: GateNetwork(featureCount: size, hiddenSizes: [4]))
    let bundle = try RouterBundle(
      adapter: adapter, dropout: 0, gate: gate,
      model: .init(name: "tiny", fingerprint: model.fingerprint, tokenizerFingerprint: "t"))
    let engine = try GeneratorEngine(
      model: model, bundles: [("one", bundle)], queueLimit: queueLimit)
    return (engine, model, bundle)
  }

  private func served(_ model: LanguageModel) -> ServedModel {
    ServedModel(
      name: "tiny", renderer: model.renderer, contextLength: model.configuration.contextLength,
      fingerprint: model.fingerprint,
      bundles: [.init(name: "one", threshold: 0.5, gateLayer: 0)])
  }

  @Test("each name gives what the generator gives on that route, streamed or not")
  func routes() async throws {
    let (engine, model, bundle) = try engine()
    let generator = try Generator(model: model, adapter: bundle.adapter, gate: bundle.gate)
    func expected(_ policy: RoutePolicy) throws -> String {
      try generator.generate(
        [
          GenerationRequest(
            prompt: model.renderer.prompt([ChatMessage(role: .user, content: "Hi")]),
            sampling: SamplingParameters(temperature: 0, maxTokens: 12), policy: policy)
        ]
      ) { _ in .more }[0].text
    }
    let texts = [try expected(.base), try expected(.adapter)]
    try #require(texts[0] != texts[1])
    try await LiveServer.run(engine, model: served(model)) { server in
      for (name, text) in [
        ("tiny", texts[0]), ("tiny:adapter", texts[1]), ("tiny:prism", texts[1]),
      ] {
        let body = CompletionTests.body(", \"temperature\": 0, \"max_tokens\": 12", model: name)
        let answer = try await RawClient.ask(server, CompletionTests.chat, body)
        let choice = try #require((try answer.object()["choices"] as? [[String: Any]])?.first)
        #expect((choice["message"] as? [String: String])?["content"] == text, "\(name)")
        let streamed = CompletionTests.body(
          ", \"temperature\": 0, \"max_tokens\": 12, \"stream\": true", model: name)
        let stream = try await RawClient.ask(server, CompletionTests.chat, streamed)
        let pieces = try stream.eventObjects().compactMap {
          (($0["choices"] as? [[String: Any]])?.first?["delta"] as? [String: String])?["content"]
        }
        #expect(pieces.joined() == text, "\(name)")
      }
      let decision = try await RawClient.ask(server, "/v1/route", "{\"input\": \"Hi\"}").object()
      #expect(decision["probability"] as? Double == 0.5)
    }
  }

  @Test("late, unknown and too many requests are refused")
  func refusals() async throws {
    let (engine, model, _) = try engine(queueLimit: 1)
    let prompt = try model.renderer.prompt([ChatMessage(role: .user, content: "Hi")])
    func request(_ routing: ChatRouting = .base, deadline: ContinuousClock.Instant? = nil)
      -> ChatRequest
    {
      ChatRequest(
        prompt: prompt, sampling: SamplingParameters(temperature: 1, maxTokens: 200),
        routing: routing, topLogProbabilities: nil, deadline: deadline)
    }
    #expect(throws: ChatEngineError.unknownBundle("x")) {
      try engine.submit(request(.adapter(bundle: "x")))
    }
    let late = try engine.submit(request(deadline: .now))
    await #expect(throws: ChatEngineError.deadlineExceeded) { for try await _ in late.events {} }
    var taken: [ChatStream] = []
    #expect {
      for _ in 0..<50 { taken.append(try engine.submit(request())) }
    } throws: {
      if case ChatEngineError.queueFull(let seconds) = $0 { seconds >= 1 } else { false }
    }
    for stream in taken { stream.cancel() }
    #expect(await eventually { engine.statistics() == ChatStatistics(queued: 0, active: 0) })
    await engine.stop(within: .zero)
    #expect(throws: ChatEngineError.stopping) { try engine.submit(request()) }
  }
}
