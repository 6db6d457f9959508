import PrismModel
import PrismRouter
import PrismTensor

/// The gate's decision beside reading a prompt of 512 tokens. What it reads, the first layer's output, is
/// there anyway, so the decision is all that routing adds.
final class GateMeasurement: Measurement {
  static let promptTokens = 512
  private static let decisions = 200
  let key = BenchmarkKey.gateShare
  private let prefill: PrefillMeasurement
  private let gate: Gate
  private let features: [Float]

  init(subject: BenchmarkSubject) {
    prefill = PrefillMeasurement(tokens: Self.promptTokens, subject: subject)
    let size = subject.shape.hiddenSize
    var random = SeededGenerator(seed: 0, 0x6A7E)
    var network = GateNetwork(featureCount: size, hiddenSizes: [128, 64])
    network.values = network.values.map { _ in 0.1 * (random.uniform() - 0.5) }
    gate = Gate(
      layer: 0, threshold: 0.5, mean: [Float](repeating: 0, count: size),
      deviation: [Float](repeating: 1, count: size), network: network)
    features = (0..<size).map { _ in random.uniform() }
  }

  func warmUp(_ checkpoint: Checkpoint) throws { try prefill.warmUp(checkpoint) }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let whole = Double(Self.promptTokens) / (try prefill.sample(checkpoint)).value
    var sum: Float = 0
    let time = seconds { for _ in 0..<Self.decisions { sum += gate.probability(of: features) } }
    // Using the sum keeps the loop from being removed; it is a number whatever the gate says.
    return Sample(value: sum.isFinite ? 100 * time / Double(Self.decisions) / whole : .nan)
  }
}
