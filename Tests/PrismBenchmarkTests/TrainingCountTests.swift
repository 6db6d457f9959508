import CKernels
import PrismBenchmark
import PrismModel
import PrismTesting
import PrismTraining
import Testing

@Suite("What a training step asks of matrix products, exactly")
struct TrainingCountTests {
  @Test("forward and backward over packed sequences, layer 0 frozen")
  func step() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let shape = model.configuration
    let weights = LoRAWeights(rank: 4, alpha: 8, layers: 1..<shape.layerCount, model: shape)
    let pass = TrainingPass(
      model: model.transformer, adapter: ActiveAdapter(weights),
      backward: try BackwardWeights(model.transformer, firstLayer: 1), dropout: 0)
    let sequences = [tokens(17, stream: 1), tokens(9, stream: 2)]
    let signal = TeacherSignal(
      width: 2, ids: [3, 4, 5, 6], logProbabilities: [-0.5, -1, -0.5, -1], logRest: [-3, -3])
    let loss = DistillationLoss(temperature: 2)
    var gradients = [Float](repeating: 0, count: weights.values.count)
    let counts = try counting {
      try pass.forward(sequences, dropoutSeed: nil)
      let targets = [15, 24].map { TrainingPass.Target(firstRow: $0, signal: signal) }
      _ = pass.distillationLoss(targets, loss: loss, weight: 0.25)
      try gradients.withUnsafeMutableBufferPointer { buffer in
        try pass.backward(into: #require(buffer.baseAddress))
      }
    }
    let work = TrainingWork(
      shape, lengths: [17, 9], answerTokens: 4, width: 2, rank: 4, adapted: weights.layers)
    #expect(counts.multiply_adds == UInt64(work.frozen))
  }
}
