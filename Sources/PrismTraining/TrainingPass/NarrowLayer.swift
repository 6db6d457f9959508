import PrismModel
import PrismTensor

/// What the backward pass of a bf16 model needs of one layer's forward pass: the residual stream in
/// fp32, inputs of products in bf16.
final class NarrowLayer {
  /// Residual stream between the layer's halves, `[R, D]`.
  let middle = Buffer<Float>()
  /// Inputs of the two halves' first products, `[R, D]`.
  let normed = Buffer<UInt16>()
  let feedForwardNormed = Buffer<UInt16>()
  /// After rotation, `[R, (H + 2K) E]`.
  let queryKeyValue = Buffer<UInt16>()
  /// `[R, H E]` and the softmax's log denominators, `[R, H]`.
  let attended = Buffer<UInt16>()
  let logDenominators = Buffer<Float>()
  /// `[R, 2F]` and `[R, F]`
  let gateUp = Buffer<UInt16>()
  let activated = Buffer<UInt16>()
  /// x A^T of each projection group as pairs of rows.
  let low = ActiveAdapter.groups.map { _ in Buffer<UInt32>() }
  /// Dropout of each group's input: one bit an element, 16 to a word, rows padded to whole words.
  let masks = ActiveAdapter.groups.map { _ in Buffer<UInt16>() }

  func reserve(_ rows: Int, _ shape: ModelConfiguration, dropout: Bool) {
    let padded = PackedMatrix.paddedRows(rows)
    middle.reserve(rows * shape.hiddenSize)
    normed.reserve(padded * shape.hiddenSize)
    feedForwardNormed.reserve(padded * shape.hiddenSize)
    queryKeyValue.reserve(rows * shape.queryKeyValueSize)
    attended.reserve(padded * shape.querySize)
    logDenominators.reserve(rows * shape.headCount)
    gateUp.reserve(rows * 2 * shape.feedForwardSize)
    activated.reserve(padded * shape.feedForwardSize)
    guard dropout else { return }
    for (group, mask) in zip(ActiveAdapter.groups, masks) {
      mask.reserve(rows * Self.words(group[0].size(in: shape).input))
    }
  }

  /// Words of one row's mask.
  static func words(_ columns: Int) -> Int { (columns + 15) / 16 }

  /// Bytes kept for one row.
  static func bytesPerRow(_ shape: ModelConfiguration, rank: Int) -> Int {
    let wide = shape.hiddenSize + shape.headCount
    let narrow =
      2 * shape.hiddenSize + shape.queryKeyValueSize + shape.querySize + 3 * shape.feedForwardSize
    let groups = ActiveAdapter.groups.reduce(0) { sum, group in
      sum + 2 * ((group.count * (rank + 1) + 15) / 16 * 16)
        + 2 * words(group[0].size(in: shape).input)
    }
    return 4 * wide + 2 * narrow + groups
  }
}
