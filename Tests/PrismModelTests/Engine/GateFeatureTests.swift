import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// What the gate sees while serving is what it was trained on, bit for bit.
@Suite struct GateFeatureTests {
  /// Remembers everything it was shown; the sign of the first feature decides.
  final class RecordingGate: RouteGate, @unchecked Sendable {
    let layer: Int
    let threshold: Float = 0.5
    private(set) var seen: [[Float]] = []

    init(layer: Int) { self.layer = layer }

    func probability(of features: UnsafeBufferPointer<Float>) -> Float {
      seen.append(Array(features))
      return Self.probability(Array(features))
    }

    static func probability(_ features: [Float]) -> Float { features[0] > 0 ? 0.75 : 0.25 }
  }

  /// Short ones share passes; 65 and more are read in pieces of 64.
  static let prompts = [5, 64, 65, 130, 1, 200, 33, 2, 63].enumerated().map {
    EngineToys.prompt($1, seed: UInt64(100 + $0))
  }

  @Test(arguments: [0, 1], TestData.precisions)
  func trainingEqualsServing(_ layer: Int, _ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let expected = try Generator(model: model).features(Self.prompts, afterLayer: layer)
    let gate = RecordingGate(layer: layer)
    let adapter = EngineToys.adapter(model.configuration, firstLayer: layer + 1)
    let settings = GeneratorSettings(maximumBatch: 4, maximumRows: 64)
    let generator = try Generator(model: model, adapter: adapter, gate: gate, settings: settings)
    let sampling = SamplingParameters(temperature: 0, maxTokens: 3)
    let results = try generator.generate(
      Self.prompts.map { GenerationRequest(prompt: $0, sampling: sampling, policy: .auto) }
    ) { _ in .more }
    #expect(gate.seen.count == Self.prompts.count)
    for (index, features) in expected.enumerated() {
      // Prompts of one piece: exactly. Longer ones were read whole for training here.
      if Self.prompts[index].tokens.count <= 64 {
        #expect(gate.seen.contains(features), "prompt \(index)")
      }
      #expect(results[index].probability == RecordingGate.probability(features))
      #expect(results[index].route == (features[0] > 0 ? .adapter : .base))
    }
    // With the same limit on rows, as training and serving have it, exactly for all.
    let pieces = try Generator(model: model, settings: settings)
      .features(Self.prompts, afterLayer: layer)
    for features in pieces { #expect(gate.seen.contains(features)) }
    // One at a time, and from an engine that has the adapter at hand: the same.
    let single = try Self.prompts.map { try generator.features([$0], afterLayer: layer)[0] }
    #expect(single == pieces)
    for (a, b) in zip(pieces, expected) {
      try expectClose(a, b, tolerance: precision == .fp32 ? 1e-4 : 0.05)
    }
    // Both answers occur, or the test says little about routes.
    #expect(Set(results.map(\.route)) == [.base, .adapter])
  }

  // What the gate decided runs exactly as if it had been asked for.
  @Test(arguments: TestData.precisions) func decidedIsForced(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let adapter = EngineToys.adapter(model.configuration)
    let settings = GeneratorSettings(maximumBatch: 4, maximumRows: 64)
    let sampling = SamplingParameters(temperature: 0, maxTokens: 5)
    func answers(_ policies: [RoutePolicy], gate: RecordingGate?) throws -> [GenerationResult] {
      try Generator(model: model, adapter: adapter, gate: gate, settings: settings).generate(
        zip(Self.prompts, policies).map { .init(prompt: $0, sampling: sampling, policy: $1) }
      ) { _ in .more }
    }
    let decided = try answers(
      Self.prompts.map { _ in .auto }, gate: RecordingGate(layer: 0))
    let forced = try answers(
      decided.map { $0.route == .base ? .base : .adapter }, gate: nil)
    for (a, b) in zip(decided, forced) {
      #expect(a.tokenIDs == b.tokenIDs && a.route == b.route && b.probability == nil)
      try expectClose(a.logProbabilities, b.logProbabilities, tolerance: 1e-4)
    }
    // Base answers are those of a model that has never heard of an adapter.
    let plain = try Generator(model: model, settings: settings).generate(
      Self.prompts.map { .init(prompt: $0, sampling: sampling) }
    ) { _ in .more }
    for (a, b) in zip(decided, plain) where a.route == .base {
      #expect(a.tokenIDs == b.tokenIDs && a.logProbabilities == b.logProbabilities)
    }
  }

  @Test func layerOutsideTheModel() throws {
    let generator = try Generator(model: TestData.tinyModel("tiny-llama"))
    for layer in [-1, 3, 100] {
      #expect(
        throws: ModelError.invalidSetting(name: "layer", value: "\(layer)", allowed: "0 to 2")
      ) { try generator.features([EngineToys.prompt(3, seed: 1)], afterLayer: layer) }
    }
  }
}
