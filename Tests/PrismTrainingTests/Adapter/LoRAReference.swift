import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining

/// What `Tools/reference/lora_training.py` computed with PyTorch and peft for one tiny model.
struct LoRAReference {
  static let models = ["tiny-llama", "tiny-qwen2"]
  static let exampleCount = 3
  static let temperature: Float = 2
  static let width = 16

  let model: LanguageModel
  let tensors: [String: [Float]]

  init(_ name: String) throws {
    model = try TestData.tinyModel(name)
    tensors = try TestData.tensors("PrismTrainingTests/Fixtures/lora/\(name).safetensors")
  }

  subscript(name: String) -> [Float] { tensors[name] ?? [] }

  func tokens(_ example: Int, _ part: String) -> [Int32] {
    self["example\(example).\(part)"].tokenIDs
  }

  /// The teacher's view of an example as PyTorch saw it.
  func signal(_ example: Int) -> TeacherSignal {
    TeacherSignal(
      width: Self.width, ids: tokens(example, "topIDs"),
      logProbabilities: self["example\(example).topLogProbabilities"],
      logRest: self["example\(example).logRest"])
  }

  /// Adapter parameters laid out as ours, from the tensors whose names begin with `stem`.
  func parameters(_ stem: String) -> LoRAWeights {
    var weights = LoRAWeights(
      rank: 4, alpha: 8, layers: 1..<model.configuration.layerCount, model: model.configuration)
    for layer in weights.layers {
      for projection in Projection.allCases {
        let name =
          "\(stem).base_model.model.model.layers.\(layer).\(projection.block).\(projection.rawValue)"
        weights.values.replaceSubrange(
          weights.rangeOfA(layer: layer, projection), with: self[name + ".lora_A.weight"])
        weights.values.replaceSubrange(
          weights.rangeOfB(layer: layer, projection), with: self[name + ".lora_B.weight"])
      }
    }
    return weights
  }

  /// Student sequences without the last answer token, which predicts nothing, and where each answer
  /// starts being predicted.
  func batch() -> (sequences: [[Int32]], targets: [TrainingPass.Target]) {
    var row = 0
    var sequences: [[Int32]] = []
    var targets: [TrainingPass.Target] = []
    for example in 0..<Self.exampleCount {
      let prompt = tokens(example, "studentPrompt")
      let sequence = prompt + tokens(example, "answer").dropLast()
      targets.append(.init(firstRow: row + prompt.count - 1, signal: signal(example)))
      sequences.append(sequence)
      row += sequence.count
    }
    return (sequences, targets)
  }

  var answerTokens: Int {
    (0..<Self.exampleCount).reduce(0) { $0 + tokens($1, "answer").count }
  }
}

/// One step's loss and gradients, in as many packs as given.
struct AdapterStep {
  let pass: TrainingPass
  let active: ActiveAdapter
  let loss = DistillationLoss(temperature: LoRAReference.temperature)

  init(pass: TrainingPass, active: ActiveAdapter) {
    self.pass = pass
    self.active = active
  }

  init(model: LanguageModel, weights: LoRAWeights, dropout: Float = 0) throws {
    active = ActiveAdapter(weights)
    pass = TrainingPass(
      model: model.transformer, adapter: active,
      backward: try BackwardWeights(model.transformer, firstLayer: weights.layers.lowerBound),
      dropout: dropout)
  }

  /// Mean loss per answer token; adds its gradient to `gradients` where given.
  func run(
    _ sequences: [[Int32]], _ targets: [TrainingPass.Target], answerTokens: Int,
    dropoutSeed: UInt64? = nil, gradients: UnsafeMutablePointer<Float>? = nil
  ) throws -> Double {
    try pass.forward(sequences, dropoutSeed: dropoutSeed)
    let total = pass.distillationLoss(targets, loss: loss, weight: 1 / Float(answerTokens))
    if let gradients { try pass.backward(into: gradients) }
    return total / Double(answerTokens)
  }

  /// Loss and gradient of the parameters now in `active`.
  func lossAndGradient(
    _ sequences: [[Int32]], _ targets: [TrainingPass.Target], answerTokens: Int,
    dropoutSeed: UInt64? = nil
  ) throws -> (loss: Double, gradient: [Float]) {
    let buffer = Buffer<Float>(count: active.weights.values.count)
    let loss = try run(
      sequences, targets, answerTokens: answerTokens, dropoutSeed: dropoutSeed,
      gradients: buffer.pointer)
    return (
      loss, Array(UnsafeBufferPointer(start: buffer.pointer, count: active.weights.values.count))
    )
  }

  func setParameters(_ values: [Float]) {
    active.parameters.pointer.update(from: values, count: values.count)
  }
}
