import PrismModel
import PrismTensor

/// Memory of an fp32 model's backward pass, reused by every layer.
final class WideScratch {
  let normed = Buffer<Float>()
  let attended = Buffer<Float>()
  let queryKeyValue = Buffer<Float>()
  let activated = Buffer<Float>()
  let gateUp = Buffer<Float>()
  let low = Buffer<Float>()
  /// Gradient through an adapter alone, before it joins the frozen path's.
  let adapterInput = Buffer<Float>()

  func reserve(_ rows: Int, _ shape: ModelConfiguration, rank: Int) {
    normed.reserve(rows * shape.hiddenSize)
    attended.reserve(rows * shape.querySize)
    queryKeyValue.reserve(rows * shape.queryKeyValueSize)
    activated.reserve(rows * shape.feedForwardSize)
    gateUp.reserve(rows * 2 * shape.feedForwardSize)
    low.reserve(rows * 3 * rank)
    adapterInput.reserve(rows * max(shape.hiddenSize, shape.querySize, shape.feedForwardSize))
  }
}
