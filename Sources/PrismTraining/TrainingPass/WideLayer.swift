import PrismModel
import PrismTensor

/// What the backward pass of an fp32 model needs of one layer's forward pass.
final class WideLayer {
  /// Residual stream between the layer's halves, `[R, D]`.
  let middle = Buffer<Float>()
  /// After rotation, `[R, (H + 2K) E]`.
  let queryKeyValue = Buffer<Float>()
  /// `[R, H E]` and the softmax's log denominators, `[R, H]`.
  let attended = Buffer<Float>()
  let logDenominators = Buffer<Float>()
  /// `[R, 2F]`
  let gateUp = Buffer<Float>()
  /// x A^T of each projection group, `[R, group.count * rank]`.
  let low = ActiveAdapter.groups.map { _ in Buffer<Float>() }

  func reserve(_ rows: Int, _ shape: ModelConfiguration, rank: Int) {
    middle.reserve(rows * shape.hiddenSize)
    queryKeyValue.reserve(rows * shape.queryKeyValueSize)
    attended.reserve(rows * shape.querySize)
    logDenominators.reserve(rows * shape.headCount)
    gateUp.reserve(rows * 2 * shape.feedForwardSize)
    for (group, buffer) in zip(ActiveAdapter.groups, low) { buffer.reserve(rows * group.count * rank) }
  }

  /// Bytes kept for one row.
  static func bytesPerRow(_ shape: ModelConfiguration, rank: Int) -> Int {
    let layer = shape.hiddenSize + shape.queryKeyValueSize + shape.querySize + shape.headCount
    return 4 * (layer + 2 * shape.feedForwardSize + Projection.allCases.count * rank)
  }
}
