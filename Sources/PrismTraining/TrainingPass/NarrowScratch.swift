import PrismModel
import PrismTensor

/// Memory between two stages of a bf16 model's training pass, reused by every layer.
final class NarrowScratch {
  /// Results of products and of attention, before they are narrowed.
  let normed = Buffer<Float>()
  let queryKeyValue = Buffer<Float>()
  let attended = Buffer<Float>()
  let gateUp = Buffer<Float>()
  let activated = Buffer<Float>()
  /// Gradients of the residual stream, of attention's output, of queries, keys and values, and of gate and up.
  let residualGradient = Buffer<UInt16>()
  let attendedGradient = Buffer<UInt16>()
  let queryKeyValueGradient = Buffer<UInt16>()
  let gateUpGradient = Buffer<UInt16>()
  /// `[R, H E]`, `[H, R, 2 E]` and `[R, H]`; see `prism_train_attention_backward`.
  let queryGradient = Buffer<Float>()
  let keyValueParts = Buffer<Float>()
  let delta = Buffer<Float>()

  func reserve(_ rows: Int, _ shape: ModelConfiguration) {
    let padded = PackedMatrix.paddedRows(rows)
    normed.reserve(padded * shape.hiddenSize)
    queryKeyValue.reserve(padded * shape.queryKeyValueSize)
    attended.reserve(padded * shape.querySize)
    gateUp.reserve(padded * 2 * shape.feedForwardSize)
    activated.reserve(padded * shape.feedForwardSize)
    residualGradient.reserve(padded * shape.hiddenSize)
    attendedGradient.reserve(rows * shape.querySize)
    queryKeyValueGradient.reserve(padded * shape.queryKeyValueSize)
    gateUpGradient.reserve(padded * 2 * shape.feedForwardSize)
    queryGradient.reserve(rows * shape.querySize)
    keyValueParts.reserve(rows * 2 * shape.querySize)
    delta.reserve(rows * shape.headCount)
  }
}
