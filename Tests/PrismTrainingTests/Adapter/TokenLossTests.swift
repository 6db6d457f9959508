import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// Cross-entropy with the answers themselves: ordinary fine-tuning.
@Suite struct TokenLossTests {
  private struct Step {
    let reference: LoRAReference
    let weights: LoRAWeights
    let active: ActiveAdapter
    let pass: TrainingPass
    let loss: TokenLoss
    let sequences: [[Int32]]
    let targets: [TrainingPass.Target]

    /// - Parameter dropout: of the adapter's inputs.
    init(_ name: String, _ precision: Precision = .fp32, dropout: Float = 0) throws {
      reference = try LoRAReference(name)
      let model = try TestData.tinyModel(name, precision: precision).transformer
      weights = reference.parameters("initial")
      active = ActiveAdapter(weights)
      pass = TrainingPass(
        model: model, adapter: active,
        backward: try BackwardWeights(model, firstLayer: weights.layers.lowerBound),
        dropout: dropout)
      loss = try TokenLoss(model: model)
      let batch = reference.batch()
      sequences = batch.sequences
      targets = batch.targets.enumerated().map { [reference] index, target in
        TrainingPass.Target(
          firstRow: target.firstRow,
          signal: TeacherSignal(answer: reference.tokens(index, "answer")))
      }
    }

    /// Mean loss per answer token, and its gradient.
    func run(_ values: [Float], seed: UInt64? = nil) throws -> (loss: Double, gradient: [Float]) {
      active.parameters.pointer.update(from: values, count: values.count)
      try pass.forward(sequences, dropoutSeed: seed)
      let count = reference.answerTokens
      let total = try loss.total(of: targets, in: pass, weight: 1 / Float(count))
      let gradient = Buffer<Float>(count: values.count)
      try pass.backward(into: gradient.pointer)
      return (
        total / Double(count),
        Array(UnsafeBufferPointer(start: gradient.pointer, count: values.count))
      )
    }
  }

  // The inference path knows nothing of the loss: it reads each answer token's log-probability from
  // the cache's attention and the adapter's own products.
  @Test(arguments: LoRAReference.models) func lossIsWhatInferenceReads(_ name: String) throws {
    let step = try Step(name)
    let generator = try Generator(model: step.reference.model, adapter: step.weights)
    var total = 0.0
    for example in 0..<LoRAReference.exampleCount {
      let prompt = RenderedPrompt(step.reference.tokens(example, "studentPrompt"))
      let values = try generator.logProbabilities(
        of: step.reference.tokens(example, "answer"), after: prompt, route: .adapter)
      total -= values.reduce(0) { $0 + Double($1) }
    }
    let expected = total / Double(step.reference.answerTokens)
    // Random tiny models are near log(V) = 5.6; the gradient's place is far from the minimum.
    #expect(expected > 1)
    try expectClose([Float(step.run(step.weights.values).loss)], [Float(expected)], tolerance: 1e-4)
  }

  // As AdapterGradientTests: along the gradient the slope is its length.
  @Test(arguments: LoRAReference.models, [0, 0.3] as [Float])
  func gradientIsTheSlope(_ name: String, _ dropout: Float) throws {
    let step = try Step(name, dropout: dropout)
    let start = step.weights.values
    let gradient = try step.run(start, seed: 7).gradient
    var ranges: [(name: String, range: Range<Int>)] = [("all", start.indices)]
    for layer in step.weights.layers {
      for projection in Projection.allCases {
        ranges.append(("A \(projection) \(layer)", step.weights.rangeOfA(layer: layer, projection)))
        ranges.append(("B \(projection) \(layer)", step.weights.rangeOfB(layer: layer, projection)))
      }
    }
    for (name, range) in ranges {
      let length = gradient[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(length > 1e-3, "\(name)")
      func loss(_ distance: Float) throws -> Double {
        var values = start
        for index in range { values[index] += distance * gradient[index] / length }
        return try step.run(values, seed: 7).loss
      }
      let slope = try (loss(0.01) - loss(-0.01)) / 0.02
      #expect(abs(Float(slope) - length) < 0.01 * length + 3e-4, "\(name): \(slope), \(length)")
    }
  }

  // bf16 keeps 8 bits; see NarrowGradientTests for the bound.
  @Test(arguments: LoRAReference.models) func narrowIsClose(_ name: String) throws {
    guard TestData.precisions.contains(.bf16) else { return }
    let exact = try Step(name)
    let wanted = try exact.run(exact.weights.values)
    let narrow = try Step(name, .bf16)
    let found = try narrow.run(narrow.weights.values)
    #expect(abs(found.loss - wanted.loss) < 0.01 * wanted.loss)
    let error = zip(found.gradient, wanted.gradient).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
    }
    let size = wanted.gradient.reduce(0) { $0 + $1 * $1 }
    #expect((error / size).squareRoot() < 0.08)
  }

  @Test func answersBecomeLikelier() throws {
    let model = try TestData.tinyModel("tiny-llama")
    var configuration = AdapterToys.configuration()
    configuration.epochs = 6
    let examples = try AdapterToys.examples(model)
    let trainer = AdapterTrainer(
      model: model, configuration: configuration, gateLayer: 0, seed: 1, objective: .answers)
    var stages: Set<String> = []
    let output = try trainer.run(examples) { event in
      stages.insert(event.stage)
      return .more
    }
    // No teacher looks at anything.
    #expect(stages == ["adapter"])
    #expect(try #require(output.report.lastLoss) < 0.95 * #require(output.report.stepZeroLoss))
    // What held-out examples are measured by is the loss itself, of the student's own prompts.
    let generator = try Generator(model: model)
    let heldOut = examples.filter { $0.split == .heldOut }
    let values = try heldOut.flatMap {
      try generator.logProbabilities(of: $0.answer, after: $0.studentPrompt)
    }
    let expected = -values.reduce(0) { $0 + Double($1) } / Double(values.count)
    try expectClose(
      [Float(#require(output.report.heldOutKLBefore))], [Float(expected)], tolerance: 1e-4)
    let distilled = try AdapterToys.trainer(model, configuration).run(examples) { _ in .more }
    #expect(distilled.adapter != output.adapter)
    #expect(distilled.report.supervisedTokens == output.report.supervisedTokens)
  }
}
