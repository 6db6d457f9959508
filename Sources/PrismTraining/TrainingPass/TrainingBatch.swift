import CKernels
import PrismModel
import PrismTensor

/// Packed sequences on their way through the layers.
final class TrainingBatch {
  let model: Transformer
  /// Share of the adapter's inputs dropped while `dropoutSeed` is set.
  let dropout: Float
  private let rope: RopeTable

  /// Residual stream after the last layer that ran, `[R, D]`.
  let hidden = Buffer<Float>()
  /// Gradient of the loss with respect to it.
  let hiddenGradient = Buffer<Float>()
  private(set) var rows = 0
  /// Position of each row in its sequence.
  private(set) var positions: [Int32] = []
  private(set) var segments: [prism_segment] = []
  private(set) var ropeTable: UnsafePointer<Float>?
  private var dropoutSeed: UInt64?

  init(model: Transformer, dropout: Float) {
    self.model = model
    self.dropout = dropout
    rope = RopeTable(model.configuration)
  }

  /// Looks up the embeddings of new sequences.
  func begin(_ sequences: [[Int32]], dropoutSeed: UInt64?) {
    let size = model.configuration.hiddenSize
    self.dropoutSeed = dropout > 0 ? dropoutSeed : nil
    rows = sequences.reduce(0) { $0 + $1.count }
    let padded = PackedMatrix.paddedRows(rows)
    hidden.reserve(padded * size)
    hiddenGradient.reserve(padded * size)
    positions = []
    segments = []
    for tokens in sequences {
      let first = positions.count
      segments.append(prism_segment(row: first, rows: tokens.count, past: 0, blocks: nil))
      for (offset, token) in tokens.enumerated() {
        model.embedding.copyRow(Int(token), into: hidden.pointer + (first + offset) * size)
        positions.append(Int32(offset))
      }
    }
    ropeTable = rope.covering(sequences.map(\.count).max() ?? 1)
  }

  var dropsOut: Bool { dropoutSeed != nil }

  /// Seed of the dropout mask of one projection group's input; `nil` without dropout.
  func maskSeed(layer: Int, group: Int) -> UInt64? {
    guard let dropoutSeed else { return nil }
    var stream = SeededGenerator(seed: dropoutSeed, UInt64(layer), UInt64(group))
    return stream.next()
  }
}
