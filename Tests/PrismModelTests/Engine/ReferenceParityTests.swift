import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// The tiny random models against transformers, at every position.
@Suite struct ReferenceParityTests {
  static let models = [
    "tiny-llama", "tiny-llama3-rope", "tiny-mistral", "tiny-qwen2", "tiny-qwen2-tied",
  ]

  // fp32: both sides round every product and sum differently; 1e-4 on logits of size 1 to 10 is
  // two orders above what is seen and four below what a wrong layer does.
  @Test(arguments: models) func logits(_ name: String) throws {
    let reference = try TestData.tensors(
      "PrismModelTests/Fixtures/models/\(name)/logits.safetensors")
    let model = try TestData.tinyModel(name)
    let sequences = ["tokens.0", "tokens.1"].map { (reference[$0] ?? []).tokenIDs }
    let logits = try EngineProbe(model).logits(sequences)
    try expectClose(logits[0], reference["logits.0"] ?? [], tolerance: 1e-4, "sequence 0")
    try expectClose(logits[1], reference["logits.1"] ?? [], tolerance: 1e-4, "sequence 1")
  }

  @Test(arguments: models) func hiddenStates(_ name: String) throws {
    let reference = try TestData.tensors(
      "PrismModelTests/Fixtures/models/\(name)/logits.safetensors")
    let model = try TestData.tinyModel(name)
    let states = try EngineProbe(model).hiddenStates((reference["tokens.0"] ?? []).tokenIDs)
    #expect(states.count == model.configuration.layerCount + 1)
    try expectClose(
      states[0], reference["hidden.embedding"] ?? [], tolerance: 0, "embedding")
    for layer in 0..<model.configuration.layerCount {
      try expectClose(
        states[layer + 1], reference["hidden.layer\(layer)"] ?? [], tolerance: 1e-4,
        "layer \(layer)")
    }
  }

  // bf16 keeps 8 bits. Rounding weights and inputs of every product costs PyTorch 1.3 to 2.8 % of the
  // logits' spread (root mean square) on these models; our cache rounds keys and values as well. A
  // random model has outliers, so single logits say little.
  @Test(.enabled(if: TestData.precisions.contains(.bf16)), arguments: models)
  func bf16(_ name: String) throws {
    let reference = try TestData.tensors(
      "PrismModelTests/Fixtures/models/\(name)/logits.safetensors")
    let model = try TestData.tinyModel(name, precision: .bf16)
    let expected = reference["logits.0"] ?? []
    let logits = try EngineProbe(model).logits([(reference["tokens.0"] ?? []).tokenIDs])[0]
    #expect(logits.count == expected.count)
    let mean = expected.reduce(0, +) / Float(expected.count)
    let error = rootMeanSquare(zip(logits, expected).map { $0 - $1 })
    let spread = rootMeanSquare(expected.map { $0 - mean })
    #expect(error < 0.06 * spread)
    // And it is bf16 that ran.
    #expect(error > 0.001 * spread)
  }

  private func rootMeanSquare(_ values: [Float]) -> Float {
    (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
  }
}
