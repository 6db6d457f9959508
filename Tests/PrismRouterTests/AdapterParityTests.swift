import PrismModel
import PrismRouter
import PrismTensor
import PrismTesting
import Testing

/// An adapter saved by Python peft, run by us: the same logits as peft's.
@Suite struct AdapterParityTests {
  private func logits(_ route: Route) throws -> (ours: [Float], peft: [Float]) {
    let model = try TestData.tinyModel("tiny-llama")
    let reference = try TestData.tensors("PrismRouterTests/Fixtures/peft/logits.safetensors")
    let adapter = try AdapterFiles.read(
      TestData.path("PrismRouterTests/Fixtures/peft/adapter"), model: model.configuration)
    let pass = ForwardPass(model: model.transformer, adapter: ActiveAdapter(adapter))
    let tokens = (reference["tokens"] ?? []).tokenIDs
    let cache = KeyValueCache(pool: KeyValuePool(model.configuration, precision: model.precision))
    pass.begin([BatchSegment(cache: cache, tokens: tokens, route: route)])
    try pass.run(layers: 0..<model.configuration.layerCount)
    let values = try pass.logits(ofRows: Array(tokens.indices))
    let count = tokens.count * model.configuration.vocabularySize
    return (Array(UnsafeBufferPointer(start: values, count: count)), reference["logits"] ?? [])
  }

  // Rounding alone is around 1e-6 of logits up to 10.
  @Test func logitsOfAPeftAdapter() throws {
    let (ours, peft) = try logits(.adapter)
    try expectClose(ours, peft, tolerance: 1e-4)
  }

  // The fixture must be able to tell an ignored adapter from an applied one.
  @Test func theAdapterMatters() throws {
    let (base, peft) = try logits(.base)
    #expect(throws: NotClose.self) { try expectClose(base, peft, tolerance: 0.1) }
  }
}
