import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// Teacher, loss, gradients and ten steps of training against PyTorch and peft. PyTorch's own fp32
/// and fp64 runs differ by about 1e-6 here; the tolerances leave room for our order of summing.
@Suite struct ReferenceTrainingTests {
  @Test(arguments: LoRAReference.models) func teacherSignal(_ name: String) throws {
    let reference = try LoRAReference(name)
    let teacher = Teacher(model: reference.model, width: LoRAReference.width)
    for example in 0..<LoRAReference.exampleCount {
      let signal = try teacher.signal(
        prompt: RenderedPrompt(reference.tokens(example, "teacherPrompt")),
        answer: reference.tokens(example, "answer"))
      let expected = reference.signal(example)
      #expect(signal.ids == expected.ids)
      try expectClose(signal.logProbabilities, expected.logProbabilities, tolerance: 5e-5)
      try expectClose(signal.logRest, expected.logRest, tolerance: 5e-5)
    }
  }

  @Test(arguments: LoRAReference.models) func studentLogits(_ name: String) throws {
    let reference = try LoRAReference(name)
    let model = reference.model
    let pass = ForwardPass(
      model: model.transformer, adapter: ActiveAdapter(reference.parameters("initial")))
    let tokens = reference["student.tokens"].tokenIDs
    let cache = KeyValueCache(pool: KeyValuePool(model.configuration, precision: model.precision))
    pass.begin([BatchSegment(cache: cache, tokens: tokens, route: .adapter)])
    try pass.run(layers: 0..<model.configuration.layerCount)
    let logits = try pass.logits(ofRows: Array(tokens.indices))
    try expectClose(
      UnsafeBufferPointer(
        start: logits, count: tokens.count * model.configuration.vocabularySize),
      reference["student.logits"], tolerance: 1e-4)
  }

  @Test(arguments: LoRAReference.models) func lossAndEveryGradient(_ name: String) throws {
    let reference = try LoRAReference(name)
    let step = try AdapterStep(model: reference.model, weights: reference.parameters("initial"))
    let batch = reference.batch()
    #expect(reference.answerTokens == 19)
    let (loss, gradient) = try step.lossAndGradient(
      batch.sequences, batch.targets, answerTokens: reference.answerTokens)
    try expectClose([Float(loss)], reference["distillation.loss"], tolerance: 1e-5, "loss")
    let expected = reference.parameters("distillation.gradient")
    for layer in expected.layers {
      for projection in Projection.allCases {
        for (factor, range) in [
          ("A", expected.rangeOfA(layer: layer, projection)),
          ("B", expected.rangeOfB(layer: layer, projection)),
        ] {
          let values = expected.values[range]
          // A gradient of zeros would be close to anything small.
          #expect(values.map(abs).max() ?? 0 > 1e-4)
          try expectClose(
            gradient[range], values, tolerance: 2e-5, "\(projection) \(factor) of layer \(layer)")
        }
      }
    }
  }

  @Test(arguments: LoRAReference.models) func tenSteps(_ name: String) throws {
    let reference = try LoRAReference(name)
    var parameters = reference.parameters("initial").values
    let step = try AdapterStep(model: reference.model, weights: reference.parameters("initial"))
    let batch = reference.batch()
    var optimizer = AdamW(parameterCount: parameters.count, weightDecay: 0.01)
    let schedule = LearningRateSchedule(peak: 2e-3, warmupSteps: 2, totalSteps: 10)
    var (losses, norms, rates): ([Float], [Float], [Float]) = ([], [], [])
    for index in 0..<10 {
      step.setParameters(parameters)
      var (loss, gradient) = try step.lossAndGradient(
        batch.sequences, batch.targets, answerTokens: reference.answerTokens)
      losses.append(Float(loss))
      norms.append(clipGradient(&gradient, maximumNorm: 1))
      rates.append(schedule.rate(at: index))
      optimizer.step(parameters: &parameters, gradients: gradient, learningRate: rates[index])
    }
    try expectClose(losses, reference["curve.losses"], tolerance: 1e-5, "losses")
    try expectClose(norms, reference["curve.gradientNorms"], tolerance: 5e-5, "gradient norms")
    try expectClose(rates, reference["curve.learningRates"], tolerance: 1e-9, "learning rates")
    // Adam's first steps are the sign of the gradient: where that is near zero, rounding shows.
    try expectClose(
      parameters, reference.parameters("final").values, tolerance: 5e-5, "final parameters")
  }

  // One pack of three sequences, three packs of one, and any split between: the same gradient.
  @Test(arguments: LoRAReference.models) func accumulation(_ name: String) throws {
    let reference = try LoRAReference(name)
    let step = try AdapterStep(model: reference.model, weights: reference.parameters("initial"))
    let batch = reference.batch()
    let whole = try step.lossAndGradient(
      batch.sequences, batch.targets, answerTokens: reference.answerTokens)
    let sum = Buffer<Float>(count: whole.gradient.count)
    var loss = 0.0
    for example in 0..<LoRAReference.exampleCount {
      let target = TrainingPass.Target(
        firstRow: reference.tokens(example, "studentPrompt").count - 1,
        signal: reference.signal(example))
      loss += try step.run(
        [batch.sequences[example]], [target], answerTokens: reference.answerTokens,
        gradients: sum.pointer)
    }
    #expect(abs(loss - whole.loss) < 1e-6)
    // Only the order of summing differs.
    try expectClose(
      UnsafeBufferPointer(start: sum.pointer, count: whole.gradient.count), whole.gradient,
      tolerance: 1e-6)
  }
}
