import PrismModel
import PrismTesting
import Testing

/// The gate reads a layer that both routes have in common.
@Suite struct GateLayerTests {
  private struct LayerGate: RouteGate {
    let layer: Int
    let threshold: Float = 0.5
    func probability(of features: UnsafeBufferPointer<Float>) -> Float { 0 }
  }

  // tiny-llama has three layers; the adapter sits on layer 2 and above.
  @Test(arguments: [(-1, false), (0, true), (1, true), (2, false), (7, false)])
  func liesBelowTheAdapter(_ layer: Int, _ isAllowed: Bool) throws {
    let model = try TestData.tinyModel("tiny-llama")
    let adapter = EngineToys.adapter(model.configuration, firstLayer: 2)
    func make() throws { _ = try Generator(model: model, adapter: adapter, gate: LayerGate(layer: layer)) }
    if isAllowed {
      try make()
    } else {
      #expect(
        throws: ModelError.invalidSetting(
          name: "the gate's layer", value: "\(layer)", allowed: "0 to 1, below the adapter's layers")
      ) { try make() }
    }
  }
}
