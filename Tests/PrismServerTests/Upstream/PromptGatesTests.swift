import PrismModel
import PrismRouter
import PrismServer
import PrismTensor
import PrismTesting
import Testing

@Suite("A gate with only the layers below it", .timeLimit(.minutes(10)))
struct PromptGatesTests {
  private static let texts = [
    "Hi", "Write a haiku about the sea.", "x", String(repeating: "A long prompt. ", count: 8),
  ]

  private static func gate(layer: Int, size: Int) -> Gate {
    var network = GateNetwork(featureCount: size, hiddenSizes: [4])
    for index in network.values.indices { network.values[index] = Float(index % 7 - 3) / 10 }
    return Gate(
      layer: layer, threshold: 0.5, mean: [Float](repeating: 0, count: size),
      deviation: [Float](repeating: 1, count: size), network: network)
  }

  @Test("it says what the whole model's gate says, bit for bit, alone and beside others")
  func same() async throws {
    for precision in TestData.precisions {
      for layer in [0, 1] {
        let path = TestData.path("PrismModelTests/Fixtures/models/tiny-llama")
        let files = try ModelFiles.open(path)
        let model = try LanguageModel(files: files, precision: precision)
        let reader = try PromptReader(
          files: files, weights: WeightFormat(precision), layer: layer)
        #expect(reader.fingerprint == model.fingerprint)
        let gate = Self.gate(layer: layer, size: model.configuration.hiddenSize)
        let prompts = try Self.texts.map { try model.renderer.prompt(system: nil, user: $0) }
        let generator = try Generator(model: model)
        let gates = PromptGates(reader: reader, gate: gate, name: "one", queueLimit: 100)
        let expected = try prompts.map { prompt in
          gate.probability(of: try generator.features([prompt], afterLayer: layer)[0])
        }
        #expect(Set(expected).count == expected.count)
        let found = try await withThrowingTaskGroup(of: (Int, Float).self) { group in
          for index in 0..<40 {
            group.addTask {
              let place = index % prompts.count
              return (place, try await gates.probability(of: prompts[place], bundle: "one"))
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        for (place, probability) in found {
          #expect(probability == expected[place], "\(precision) layer \(layer)")
        }
      }
    }
  }

  @Test("what it cannot decide about is refused")
  func refusals() async throws {
    let files = try ModelFiles.open(
      TestData.path("PrismModelTests/Fixtures/models/tiny-llama"))
    #expect(throws: ModelError.self) {
      try PromptReader(files: files, weights: .fp32, layer: files.configuration.layerCount)
    }
    let reader = try PromptReader(files: files, weights: .fp32, layer: 0)
    let prompt = try reader.renderer.prompt(system: nil, user: "Hi")
    let long = try reader.renderer.prompt(
      system: nil, user: String(repeating: "long ", count: 500))
    let gates = PromptGates(
      reader: reader, gate: Self.gate(layer: 0, size: files.configuration.hiddenSize),
      name: "one", queueLimit: 0)
    await #expect(throws: ServingError.unknownBundle("two", known: ["one"])) {
      try await gates.probability(of: prompt, bundle: "two")
    }
    await #expect(throws: ModelError.self) {
      try await gates.probability(of: long, bundle: "one")
    }
    await #expect(throws: ServingError.queueFull(retryAfterSeconds: 1)) {
      try await gates.probability(of: prompt, bundle: "one")
    }
    await gates.stop(within: .seconds(1))
    await #expect(throws: ServingError.stopping) {
      try await gates.probability(of: prompt, bundle: "one")
    }
  }
}
