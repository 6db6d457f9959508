import CKernels
import PrismModel
import PrismTensor

/// The pass of an fp32 model, one kernel at a time: exact, and what the fused one is measured against.
final class WidePass: LayerPass {
  let batch: TrainingBatch
  let adapter: ActiveAdapter
  let backwardWeights: BackwardWeights
  /// Of adapted layers: inputs, and what else is kept; the latter is one for all when layers run twice.
  private let inputs: [Buffer<Float>]
  private let saved: [WideLayer]
  private let frozen = WideLayer()
  private(set) var recomputes = false

  let normed = Buffer<Float>()
  let activated = Buffer<Float>()
  private let dropped = Buffer<Float>()
  private let narrow = Buffer<UInt16>()
  let scratch = WideScratch()

  var model: Transformer { batch.model }
  var rows: Int { batch.rows }

  init(batch: TrainingBatch, adapter: ActiveAdapter, backward: BackwardWeights) {
    self.batch = batch
    self.adapter = adapter
    backwardWeights = backward
    inputs = adapter.weights.layers.map { _ in Buffer() }
    saved = adapter.weights.layers.map { _ in WideLayer() }
  }

  var keptBytesPerRow: Int { WideLayer.bytesPerRow(model.configuration, rank: adapter.weights.rank) }

  func begin(recomputes: Bool) {
    let shape = model.configuration
    let padded = PackedMatrix.paddedRows(rows)
    self.recomputes = recomputes
    normed.reserve(padded * shape.hiddenSize)
    activated.reserve(padded * shape.feedForwardSize)
    scratch.reserve(padded, shape, rank: adapter.weights.rank)
  }

  func forward() throws {
    for layer in 0..<model.configuration.layerCount {
      if adapter.weights.layers.contains(layer) {
        input(layer).reserve(rows * model.configuration.hiddenSize)
          .update(from: batch.hidden.pointer, count: rows * model.configuration.hiddenSize)
      }
      try forward(layer: layer)
    }
  }

  /// The residual stream before an adapted layer.
  func input(_ layer: Int) -> Buffer<Float> { inputs[layer - adapter.weights.layers.lowerBound] }

  /// The kept activations of an adapted layer.
  func savedLayer(_ layer: Int) -> WideLayer {
    recomputes ? frozen : saved[layer - adapter.weights.layers.lowerBound]
  }

  func forward(layer: Int) throws {
    let hidden = batch.hidden
    let shape = model.configuration
    let weights = model.layers[layer]
    let isAdapted = adapter.weights.layers.contains(layer)
    let kept = isAdapted ? savedLayer(layer) : frozen
    kept.reserve(PackedMatrix.paddedRows(rows), shape, rank: adapter.weights.rank)

    norm(hidden, weights.attentionNorm)
    try product(weights.queryKeyValue, normed, into: kept.queryKeyValue)
    try addAdapter(group: 0, layer: layer, x: normed, kept: kept, to: kept.queryKeyValue)
    if !weights.queryKeyValueBias.isEmpty {
      prism_add_bias(
        kept.queryKeyValue.pointer, weights.queryKeyValueBias, rows, shape.queryKeyValueSize)
    }
    rotate(kept.queryKeyValue, sign: 1)
    var layout = cacheLayout
    prism_attention(
      &layout, 0, kept.queryKeyValue.pointer, shape.queryKeyValueSize, shape.headCount, batch.segments,
      batch.segments.count, kept.attended.pointer, kept.logDenominators.pointer)
    try product(weights.output, kept.attended, into: hidden, accumulate: true)
    try addAdapter(group: 1, layer: layer, x: kept.attended, kept: kept, to: hidden)

    kept.middle.pointer.update(from: hidden.pointer, count: rows * shape.hiddenSize)
    norm(hidden, weights.feedForwardNorm)
    try product(weights.gateUp, normed, into: kept.gateUp)
    try addAdapter(group: 2, layer: layer, x: normed, kept: kept, to: kept.gateUp)
    prism_swiglu(kept.gateUp.pointer, rows, shape.feedForwardSize, activated.pointer, nil)
    try product(weights.down, activated, into: hidden, accumulate: true)
    try addAdapter(group: 3, layer: layer, x: activated, kept: kept, to: hidden)
  }

  private func addAdapter(
    group: Int, layer: Int, x: Buffer<Float>, kept: WideLayer, to y: Buffer<Float>
  ) throws {
    guard adapter.weights.layers.contains(layer) else { return }
    let projections = ActiveAdapter.groups[group]
    let input = droppedOut(x, columns: projections[0].size(in: model.configuration).input, layer: layer, group: group)
    try adapter.add(
      projections, layer: layer, x: input, rows: rows, low: kept.low[group].pointer, to: y.pointer)
  }

  /// x as the adapter reads it: with this step's mask, the same for all projections of the group.
  func droppedOut(_ x: Buffer<Float>, columns: Int, layer: Int, group: Int) -> UnsafePointer<Float> {
    guard let seed = batch.maskSeed(layer: layer, group: group) else { return UnsafePointer(x.pointer) }
    dropped.reserve(rows * columns)
    prism_dropout(x.pointer, dropped.pointer, rows * columns, batch.dropout, seed)
    return UnsafePointer(dropped.pointer)
  }

  /// Applies the mask of `droppedOut` to a gradient, in place.
  func applyMask(_ gradient: UnsafeMutablePointer<Float>, columns: Int, layer: Int, group: Int) {
    guard let seed = batch.maskSeed(layer: layer, group: group) else { return }
    prism_dropout(gradient, gradient, rows * columns, batch.dropout, seed)
  }

  var cacheLayout: prism_cache_layout {
    let shape = model.configuration
    return prism_cache_layout(
      layers: 1, heads: shape.keyValueHeadCount, head_size: shape.headSize,
      precision: Precision.fp32.code)
  }

  func norm(_ x: Buffer<Float>, _ weight: [Float]) {
    prism_rms_norm(
      x.pointer, weight, model.configuration.normEpsilon, rows, model.configuration.hiddenSize,
      normed.pointer, nil)
  }

  func rotate(_ x: Buffer<Float>, sign: Float) {
    let shape = model.configuration
    prism_rope(
      x.pointer, shape.queryKeyValueSize, batch.positions, batch.ropeTable, rows,
      shape.headCount + shape.keyValueHeadCount, shape.headSize, sign)
  }

  /// y = x W in the weights' precision.
  func product(
    _ weights: PackedMatrix, _ x: Buffer<Float>, into y: Buffer<Float>, accumulate: Bool = false
  ) throws {
    var input = UnsafeRawPointer(x.pointer)
    if weights.precision == .bf16 {
      narrow.reserve(PackedMatrix.paddedRows(rows) * weights.inputs)
      prism_narrow(x.pointer, narrow.pointer, rows * weights.inputs)
      input = UnsafeRawPointer(narrow.pointer)
    }
    try weights.multiply(input, rows: rows, into: y.pointer, accumulate: accumulate)
  }
}
