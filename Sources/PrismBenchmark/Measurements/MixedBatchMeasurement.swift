import PrismModel
import PrismTensor

/// A step of 32 streams, 16 of them routed to the adapter, divided by its parts: the step of 32 base
/// streams plus the low-rank products of 16 rows alone. 1 says that mixing costs nothing of its own.
///
/// The three take turns within milliseconds.
final class MixedBatchMeasurement: Measurement {
  private static let steps = 8
  private static let half = 16
  let key = BenchmarkKey.mixedBatch
  private let subject: BenchmarkSubject
  private let streams: DecodeStreams
  /// As generation adds it to frozen models in bf16; `nil` where it uses `subject.adapter`.
  private let packed: PackedAdapter?
  private let input: Buffer<Float>
  private let narrowInput: Buffer<UInt16>
  private let low: Buffer<Float>
  private let narrowLow: Buffer<UInt16>
  private let output: Buffer<Float>

  init(subject: BenchmarkSubject, streams: DecodeStreams) throws {
    self.subject = subject
    self.streams = streams
    let shape = subject.shape
    packed =
      try subject.model.precision == .bf16 ? PackedAdapter(subject.adapter.weights) : nil
    let widest = max(shape.hiddenSize, shape.querySize, shape.feedForwardSize)
    input = Buffer(count: Self.half * widest)
    narrowInput = Buffer(count: Self.half * widest)
    low = Buffer(count: Self.half * 3 * subject.adapter.weights.rank)
    narrowLow = Buffer(count: Self.half * (packed?.widestRank ?? 0))
    output = Buffer(
      count: Self.half
        * max(shape.hiddenSize, shape.queryKeyValueSize, 2 * shape.feedForwardSize))
  }

  func warmUp(_ checkpoint: Checkpoint) throws { _ = try run(1, checkpoint) }

  func sample(_ checkpoint: Checkpoint) throws -> Sample { try run(Self.steps, checkpoint) }

  private func run(_ steps: Int, _ checkpoint: Checkpoint) throws -> Sample {
    var plain = try streams.fresh(2 * Self.half, checkpoint)
    var mixed =
      try streams.fresh(Self.half, checkpoint)
      + streams.fresh(Self.half, route: .adapter, checkpoint)
    var (plainTime, mixedTime, productTime) = (0.0, 0.0, 0.0)
    for _ in 0..<steps {
      plainTime += try seconds { try subject.step(&plain) }
      mixedTime += try seconds { try subject.step(&mixed) }
      productTime += try seconds { try lowRankProducts() }
      try checkpoint()
    }
    return Sample(value: mixedTime / (plainTime + productTime))
  }

  private func lowRankProducts() throws {
    for layer in subject.adapter.weights.layers {
      for (index, group) in ActiveAdapter.groups.enumerated() {
        if let packed {
          guard let pair = packed.pair(group: index, layer: layer) else { continue }
          var updates = LowRankUpdates()
          updates.append(pair, rows: 0..<Self.half, low: narrowLow.pointer)
          updates.readInputs(narrowInput.pointer)
          updates.add(to: output.pointer)
          continue
        }
        try subject.adapter.add(
          group, layer: layer, x: input.pointer, rows: Self.half, low: low.pointer,
          to: output.pointer)
      }
    }
  }
}
