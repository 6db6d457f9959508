import Foundation
import PrismModel
import PrismRouter
import PrismServer
import PrismTensor
import PrismTesting
import Testing

/// The engine that `prism serve` runs, behind the endpoints, on a tiny model.
@Suite("A real model behind the server", .timeLimit(.minutes(10))) struct ServingEngineTests {
  /// The tiny Llama with an adapter that changes its answers, and a gate that always says 0.5.
  private struct Toy {
    let model: LanguageModel
    let bundle: RouterBundle
    let engine: ServingEngine

    init() throws {
      model = try TestData.tinyModel("tiny-llama", precision: .fp32)
      var adapter = LoRAWeights(rank: 2, alpha: 8, layers: 1..<3, model: model.configuration)
      for index in adapter.values.indices { adapter.values[index] = sin(Float(index)) / 3 }
      let size = model.configuration.hiddenSize
      let gate = Gate(
        layer: 0, threshold: 0.5, mean: [Float](repeating: 0, count: size),
        deviation: [Float](repeating: 1, count: size),
        network: GateNetwork(featureCount: size, hiddenSizes: [4]))
      bundle = try RouterBundle(
        adapter: adapter, dropout: 0, gate: gate,
        model: .init(name: "tiny", fingerprint: model.fingerprint, tokenizerFingerprint: "t"))
      engine = try ServingEngine(
        model: model, bundles: [.init(name: "one", gate: gate, adapter: bundle.adapter)])
    }

    var served: ServedModel {
      ServedModel(
        name: "tiny", renderer: model.renderer, contextLength: engine.contextLimit,
        fingerprint: model.fingerprint,
        bundles: [.init(name: "one", threshold: 0.5, gateLayer: 0)])
    }

    func alone(_ policy: RoutePolicy) throws -> String {
      let generator = try Generator(model: model, adapter: bundle.adapter, gate: bundle.gate)
      return try generator.generate(
        [
          GenerationRequest(
            prompt: model.renderer.prompt([ChatMessage(role: .user, content: "Hi")]),
            sampling: SamplingParameters(temperature: 0, maxTokens: 12), policy: policy)
        ]
      ) { _ in .more }[0].text
    }
  }

  private static let greedy = ", \"temperature\": 0, \"max_tokens\": 12"

  private func text(_ answer: RawClient.Answer) throws -> String? {
    let choice = (try answer.object()["choices"] as? [[String: Any]])?.first
    return (choice?["message"] as? [String: String])?["content"]
  }

  @Test("each name gives what the generator gives on that route, streamed or not")
  func routes() async throws {
    let toy = try Toy()
    let texts = [try toy.alone(.base), try toy.alone(.adapter)]
    try #require(texts[0] != texts[1])
    try await LiveServer.run(toy.engine, model: toy.served) { server in
      for (name, expected) in [
        ("tiny", texts[0]), ("tiny:adapter", texts[1]), ("tiny:prism", texts[1]),
      ] {
        let answer = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(Self.greedy, model: name))
        #expect(try text(answer) == expected, "\(name)")
        let stream = try await RawClient.post(
          server, CompletionTests.chat,
          CompletionTests.body(Self.greedy + ", \"stream\": true", model: name))
        let pieces = try stream.eventObjects().compactMap {
          (($0["choices"] as? [[String: Any]])?.first?["delta"] as? [String: String])?["content"]
        }
        #expect(pieces.joined() == expected, "\(name)")
      }
      let decision = try await RawClient.post(server, "/v1/route", "{\"input\": \"Hi\"}").object()
      #expect(decision["probability"] as? Double == 0.5)
    }
  }

  @Test("in shadow mode the base model answers what the gate would have given away")
  func shadow() async throws {
    let toy = try Toy()
    let expected = try toy.alone(.base)
    try await LiveServer.run(
      toy.engine, model: toy.served, change: { $0.gateMode = .shadow }
    ) { server in
      let answer = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(Self.greedy + ", \"n\": 2"))
      #expect(try text(answer) == expected)
      let prism = try #require(try answer.object()["prism"] as? [String: Any])
      #expect(prism["route"] as? String == "base" && prism["decision"] as? String == "adapter")
      #expect(answer.headers["x-prism-route"] == "base")
    }
    #expect(toy.engine.statistics().adapterAnswers.isEmpty)
  }

  @Test("several answers to a prompt share its decision and its reading")
  func choices() async throws {
    let toy = try Toy()
    let content = String(repeating: "word ", count: 20)
    try await LiveServer.run(toy.engine, model: toy.served) { server in
      let body = """
        {"model": "tiny:prism", "n": 4, "temperature": 0, "max_tokens": 4,
        "messages": [{"role": "user", "content": "\(content)"}]}
        """
      let answer = try await RawClient.post(server, CompletionTests.chat, body)
      let object = try answer.object()
      let choices = try #require(object["choices"] as? [[String: Any]], "\(answer.body)")
      #expect(choices.map { $0["index"] as? Int } == [0, 1, 2, 3])
      #expect(Set(choices.map { ($0["message"] as? [String: String])?["content"] }).count == 1)
      let usage = try #require(object["usage"] as? [String: Any])
      let promptTokens = try #require(usage["prompt_tokens"] as? Int)
      try #require(promptTokens > 70)
      let statistics = toy.engine.statistics()
      #expect(statistics.decisions == ["one": 1])
      #expect(statistics.adapterAnswers == ["one": 4])
      // The first reads everything, the others what is behind the last whole block of 64.
      #expect(
        statistics.promptTokens == promptTokens + 3 * (promptTokens - promptTokens / 64 * 64))
    }
  }
}
