import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// The whole backward pass against differences of the whole forward pass, dropout included.
@Suite struct AdapterGradientTests {
  // Along the gradient itself the slope is its length: one check a tensor, and a wrong element of
  // some size shows. The loss is an fp32 sum near 1, good to about 1e-6; with steps of 0.01 slopes
  // are good to 1e-4, and curvature adds about 1 %.
  @Test(arguments: LoRAReference.models, [0, 0.3] as [Float])
  func everyTensor(_ name: String, _ dropout: Float) throws {
    let reference = try LoRAReference(name)
    let weights = reference.parameters("initial")
    let step = try AdapterStep(model: reference.model, weights: weights, dropout: dropout)
    let batch = reference.batch()
    func loss(_ values: [Float]) throws -> Double {
      step.setParameters(values)
      return try step.run(
        batch.sequences, batch.targets, answerTokens: reference.answerTokens, dropoutSeed: 7)
    }
    step.setParameters(weights.values)
    let gradient = try step.lossAndGradient(
      batch.sequences, batch.targets, answerTokens: reference.answerTokens, dropoutSeed: 7
    ).gradient
    var ranges: [(name: String, range: Range<Int>)] = [("all", weights.values.indices)]
    for layer in weights.layers {
      for projection in Projection.allCases {
        ranges.append(("A \(projection) \(layer)", weights.rangeOfA(layer: layer, projection)))
        ranges.append(("B \(projection) \(layer)", weights.rangeOfB(layer: layer, projection)))
      }
    }
    for (name, range) in ranges {
      let length = gradient[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(length > 1e-3, "\(name)")
      func moved(_ distance: Float) -> [Float] {
        var values = weights.values
        for index in range { values[index] += distance * gradient[index] / length }
        return values
      }
      let slope = try (loss(moved(0.01)) - loss(moved(-0.01))) / 0.02
      #expect(abs(Float(slope) - length) < 0.01 * length + 2e-4, "\(name): \(slope), \(length)")
    }
  }

  // With dropout the loss is another one: masks are in use, and the same seed draws the same.
  @Test func dropoutSeedsMatter() throws {
    let reference = try LoRAReference("tiny-llama")
    let step = try AdapterStep(
      model: reference.model, weights: reference.parameters("initial"), dropout: 0.3)
    let batch = reference.batch()
    func run(_ seed: UInt64?) throws -> (loss: Double, gradient: [Float]) {
      try step.lossAndGradient(
        batch.sequences, batch.targets, answerTokens: reference.answerTokens, dropoutSeed: seed)
    }
    let first = try run(1)
    let again = try run(1)
    #expect(again.loss == first.loss && again.gradient == first.gradient)
    #expect(try run(2).loss != first.loss)
    // No seed, no dropout: the reference's loss.
    try expectClose([Float(run(nil).loss)], reference["distillation.loss"], tolerance: 1e-5)
  }
}
