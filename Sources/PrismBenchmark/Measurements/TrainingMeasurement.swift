import PrismModel
import PrismTensor
import PrismTraining

/// One step of distillation on 512 tokens: 4 sequences of 128 with a prompt of 32, so 97 answer tokens
/// each (the last predicts nothing); rank 16, dropout 0.05, the teacher's 64 likeliest tokens; forward,
/// loss, backward, clipping, AdamW.
final class TrainingMeasurement: Measurement {
  private static let promptTokens = 32
  static let sequenceTokens = 128
  let key = BenchmarkKey.train512
  private let subject: BenchmarkSubject
  private let pass: TrainingPass
  private let sequences: [[Int32]]
  private let targets: [TrainingPass.Target]
  private let width: Int
  private let loss = DistillationLoss(temperature: 2)
  private var weights: LoRAWeights
  private var gradients: [Float]
  private var optimizer: AdamW

  init(subject: BenchmarkSubject) throws {
    self.subject = subject
    let transformer = subject.model.transformer
    // A copy of its own: steps must not change what the other measurements run with.
    weights = subject.adapter.weights
    pass = TrainingPass(
      model: transformer, adapter: ActiveAdapter(weights),
      backward: try BackwardWeights(transformer, firstLayer: weights.layers.lowerBound), dropout: 0.05)
    gradients = [Float](repeating: 0, count: weights.values.count)
    optimizer = AdamW(parameterCount: weights.values.count)
    let tokens = SyntheticTokens(subject.shape)
    sequences = (0..<4).map { tokens.ids(Self.sequenceTokens, stream: UInt64(400 + $0)) }
    let width = min(64, subject.shape.vocabularySize)
    self.width = width
    targets = (0..<4).map { index in
      TrainingPass.Target(
        firstRow: index * Self.sequenceTokens + Self.promptTokens - 1,
        signal: Self.signal(tokens, width: width, stream: UInt64(500 + index)))
    }
  }

  private static var answerTokens: Int { sequenceTokens - promptTokens + 1 }

  /// A teacher that gives every token of a position half of what it gave the one before.
  private static func signal(_ tokens: SyntheticTokens, width: Int, stream: UInt64) -> TeacherSignal {
    let count = answerTokens
    return TeacherSignal(
      width: width, ids: tokens.ids(count * width, stream: stream),
      logProbabilities: (0..<count * width).map { -0.7 * Float($0 % width + 1) },
      logRest: [Float](repeating: -8, count: count))
  }

  func warmUp(_ checkpoint: Checkpoint) throws { try step() }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let time = try seconds { try step() }
    let rows = sequences.reduce(0) { $0 + $1.count }
    let work = TrainingWork(
      subject.shape, lengths: sequences.map(\.count),
      answerTokens: targets.count * Self.answerTokens, width: width, rank: weights.rank,
      adapted: weights.layers)
    return Sample(count: rows, tokens: rows, seconds: time, multiplyAdds: work.total)
  }

  private func step() throws {
    try pass.forward(sequences, dropoutSeed: UInt64(optimizer.moments.stepCount))
    _ = pass.distillationLoss(
      targets, loss: loss, weight: 1 / Float(targets.count * Self.answerTokens))
    gradients.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    try gradients.withUnsafeMutableBufferPointer { buffer in
      if let address = buffer.baseAddress { try pass.backward(into: address) }
    }
    clipGradient(&gradients, maximumNorm: 1)
    optimizer.step(parameters: &weights.values, gradients: gradients, learningRate: 1e-5)
    pass.adapter.parameters.pointer.update(from: weights.values, count: weights.values.count)
  }
}
