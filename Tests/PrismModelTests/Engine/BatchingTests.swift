import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// A row's result depends on its own sequence alone. Bit for bit: products do not depend on how many
/// rows there are (see `MatmulTests.rowsDoNotDependOnTheBatch`) and attention runs by sequence.
@Suite struct BatchingTests {
  static let lengths = [1, 17, 64, 65, 100, 2]

  private func sequences() -> [[Int32]] {
    Self.lengths.enumerated().map { EngineToys.tokens($1, seed: UInt64($0)) }
  }

  @Test(arguments: ReferenceParityTests.models, TestData.precisions)
  func batchedIsSingle(_ name: String, _ precision: Precision) throws {
    let model = try TestData.tinyModel(name, precision: precision)
    let batched = try EngineProbe(model).logits(sequences())
    for (tokens, logits) in zip(sequences(), batched) {
      #expect(try EngineProbe(model).logits([tokens])[0] == logits, "\(tokens.count) tokens")
    }
  }

  @Test(arguments: ReferenceParityTests.models, TestData.precisions)
  func zeroAdapterIsBase(_ name: String, _ precision: Precision) throws {
    let model = try TestData.tinyModel(name, precision: precision)
    var zero = LoRAWeights(
      rank: 4, alpha: 8, layers: 1..<model.configuration.layerCount, model: model.configuration)
    // As before the first training step: A random, B zero.
    let random = EngineToys.adapter(model.configuration)
    for layer in zero.layers {
      for projection in Projection.allCases {
        let range = zero.rangeOfA(layer: layer, projection)
        zero.values.replaceSubrange(range, with: random.values[range])
      }
    }
    let base = try EngineProbe(model).logits(sequences())
    let routes = [Route](repeating: .adapter, count: base.count)
    #expect(try EngineProbe(model, adapter: zero).logits(sequences(), routes: routes) == base)
  }

  @Test(arguments: ReferenceParityTests.models, TestData.precisions)
  func mixedRoutes(_ name: String, _ precision: Precision) throws {
    let model = try TestData.tinyModel(name, precision: precision)
    let adapter = EngineToys.adapter(model.configuration)
    let routes: [Route] = [.adapter, .base, .adapter, .adapter, .base, .adapter]
    let mixed = try EngineProbe(model, adapter: adapter).logits(sequences(), routes: routes)
    for (index, tokens) in sequences().enumerated() {
      // Base rows: a model that knows of no adapter.
      let base = try EngineProbe(model).logits([tokens])[0]
      if routes[index] == .base {
        #expect(mixed[index] == base, "base row \(index)")
      } else {
        let alone = try EngineProbe(model, adapter: adapter).logits([tokens], routes: [.adapter])[0]
        // The adapter's small products may sum in another order where more rows run beside them.
        try expectClose(mixed[index], alone, tolerance: precision == .fp32 ? 1e-4 : 0.1)
        #expect(throws: NotClose.self) { try expectClose(mixed[index], base, tolerance: 0.1) }
      }
    }
  }

  // Layers up to the gate's are the same under both routes.
  @Test(arguments: [1, 2]) func layersBelowTheAdapterStay(_ firstLayer: Int) throws {
    let model = try TestData.tinyModel("tiny-qwen2")
    let tokens = EngineToys.tokens(20, seed: 9)
    let states = try EngineProbe(model).hiddenStates(tokens)
    let adapter = EngineToys.adapter(model.configuration, firstLayer: firstLayer)
    let probe = EngineProbe(model, adapter: adapter)
    let count = tokens.count * model.configuration.hiddenSize
    probe.pass.begin([BatchSegment(cache: probe.cache(), tokens: tokens, route: .adapter)])
    for layer in 0..<model.configuration.layerCount {
      try probe.pass.run(layers: layer..<layer + 1)
      let state = Array(UnsafeBufferPointer(start: probe.pass.hiddenStates, count: count))
      #expect((state == states[layer + 1]) == (layer < firstLayer), "layer \(layer)")
    }
  }
}
