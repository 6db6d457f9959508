import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// The fused bf16 pass against the fp32 one, and what must not change a bit of either.
@Suite struct NarrowGradientTests {
  private func gradient(
    _ name: String, _ precision: Precision, dropout: Float, limit: Int = .max,
    firstLayer: Int = 1
  ) throws -> (loss: Double, gradient: [Float]) {
    try gradient(
      name, format: WeightFormat(precision), dropout: dropout, limit: limit, firstLayer: firstLayer)
  }

  private func gradient(
    _ name: String, format: WeightFormat, backward: WeightFormat? = nil, dropout: Float,
    limit: Int = .max, firstLayer: Int = 1
  ) throws -> (loss: Double, gradient: [Float]) {
    let reference = try LoRAReference(name)
    let model = try TestData.tinyModel(name, format: format)
    let way = try TestData.tinyModel(name, format: backward ?? format).transformer
    let initial = reference.parameters("initial")
    let active = ActiveAdapter(initial)
    let pass = TrainingPass(
      model: model.transformer, adapter: active,
      backward: try BackwardWeights(way, firstLayer: firstLayer), dropout: dropout,
      keptBytesLimit: limit)
    #expect(pass.recomputes(rows: 1) == (limit == 0))
    let step = AdapterStep(pass: pass, active: active)
    let batch = reference.batch()
    // Twice: memory of the first pass must not leak into the second.
    _ = try step.lossAndGradient(
      batch.sequences, batch.targets, answerTokens: reference.answerTokens, dropoutSeed: 3)
    return try step.lossAndGradient(
      batch.sequences, batch.targets, answerTokens: reference.answerTokens, dropoutSeed: 7)
  }

  // bf16 keeps 8 bits, so single numbers are off by up to 0.4 % of themselves, and three narrow layers,
  // forward and back, add up: 4.8 to 5.7 % of the gradient's length. Another mask changes the gradient
  // by half its length, so both passes draw the same one.
  @Test(arguments: LoRAReference.models, [0, 0.3] as [Float])
  func asInFullPrecision(_ name: String, _ dropout: Float) throws {
    guard TestData.precisions.contains(.bf16) else { return }
    let exact = try gradient(name, .fp32, dropout: dropout)
    let narrow = try gradient(name, .bf16, dropout: dropout)
    #expect(abs(narrow.loss - exact.loss) < 0.01 * exact.loss)
    #expect(distance(narrow.gradient, exact.gradient) < 0.08)
    #expect(narrow.gradient != exact.gradient)
  }

  /// Length of the difference, in lengths of what is expected.
  private func distance(_ actual: [Float], _ expected: [Float]) -> Float {
    let error = zip(actual, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let size = expected.reduce(Float(0)) { $0 + $1 * $1 }
    return (error / size).squareRoot()
  }

  // A model of rounded weights is another model: its gradient is 17 and 20 % of its length from fp32's. Rounding
  // weights and gradients on the way back as well moves it by 1.8 %.
  @Test(.enabled(if: TestData.precisions.contains(.bf16)), arguments: LoRAReference.models)
  func onRoundedWeights(_ name: String) throws {
    let exact = try gradient(name, .fp32, dropout: 0)
    let rounded = try gradient(name, format: .int8, dropout: 0)
    let forward = try gradient(name, format: .int8, backward: .bf16, dropout: 0)
    #expect(abs(rounded.loss - exact.loss) < 0.02 * exact.loss)
    #expect(distance(rounded.gradient, exact.gradient) < 0.25)
    #expect(distance(rounded.gradient, forward.gradient) < 0.03)
    #expect(rounded.loss == forward.loss && rounded.gradient != forward.gradient)
  }

  @Test(arguments: LoRAReference.models, TestData.precisions)
  func runningLayersTwiceChangesNothing(_ name: String, _ precision: Precision) throws {
    let kept = try gradient(name, precision, dropout: 0.3)
    let again = try gradient(name, precision, dropout: 0.3, limit: 0)
    #expect(again.loss == kept.loss && again.gradient == kept.gradient)
    #expect(kept.gradient.contains { $0 != 0 })
  }

  @Test(arguments: TestData.precisions) func threadsChangeNothing(_ precision: Precision) throws {
    let before = Threads.count
    defer { Threads.use(before) }
    guard precision == .bf16 else { return }
    let runs = try [1, 2, 3].map { count in
      Threads.use(count)
      return try gradient("tiny-llama", precision, dropout: 0.3)
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }

  // 3 layers, 2 adapted: what 1,000 rows take decides, not the number of sequences.
  @Test(arguments: TestData.precisions) func memoryDecides(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let weights = LoRAWeights(rank: 4, alpha: 8, layers: 1..<3, model: model.configuration)
    func pass(_ limit: Int) throws -> TrainingPass {
      TrainingPass(
        model: model.transformer, adapter: ActiveAdapter(weights),
        backward: try BackwardWeights(model.transformer, firstLayer: 1), dropout: 0,
        keptBytesLimit: limit)
    }
    // D 32, H 4 of 8, K 2, F 64: fp32 keeps per layer D + D + (H + 2K) E + H E + H + 2F + 7 rank =
    // 32 + 32 + 64 + 32 + 4 + 128 + 28 = 320 floats a row. bf16: 4 (D + D + H) + 2 (2D + 64 + 32 + 3F) =
    // 272 + 704 = 976 bytes, x A^T padded to 16 columns a group 4 x 32, masks 2 (2 + 2 + 2 + 4).
    let bytes = precision == .fp32 ? 2 * 1280 : 2 * (976 + 128 + 20)
    #expect(try !pass(1000 * bytes).recomputes(rows: 1000))
    #expect(try pass(1000 * bytes - 1).recomputes(rows: 1000))
    #expect(try pass(.max).recomputes(rows: .max / 2))
    #expect(TrainingPass.defaultKeptBytesLimit > 1 << 24)
  }
}
