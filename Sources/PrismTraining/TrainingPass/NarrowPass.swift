import CKernels
import PrismModel
import PrismTensor

/// The pass of a bf16 model: products in bf16, everything between two products in one fused stage.
final class NarrowPass: LayerPass {
  let batch: TrainingBatch
  let adapter: ActiveAdapter
  let backwardWeights: BackwardWeights
  let narrow: NarrowAdapter
  let scratch = NarrowScratch()
  /// Of adapted layers: inputs, and what else is kept; the latter is one for all when layers run twice.
  private let inputs: [Buffer<Float>]
  private let saved: [NarrowLayer]
  private let shared = NarrowLayer()
  private(set) var recomputes = false

  var model: Transformer { batch.model }
  var rows: Int { batch.rows }

  /// The kernels read pairs of columns.
  static func supports(_ model: Transformer) -> Bool {
    let shape = model.configuration
    return model.precision == .bf16
      && [shape.hiddenSize, shape.feedForwardSize, shape.headSize].allSatisfy { $0 % 2 == 0 }
  }

  init(batch: TrainingBatch, adapter: ActiveAdapter, backward: BackwardWeights) {
    self.batch = batch
    self.adapter = adapter
    backwardWeights = backward
    narrow = NarrowAdapter(adapter)
    inputs = adapter.weights.layers.map { _ in Buffer() }
    saved = adapter.weights.layers.map { _ in NarrowLayer() }
  }

  var keptBytesPerRow: Int { NarrowLayer.bytesPerRow(model.configuration, rank: adapter.weights.rank) }

  func begin(recomputes: Bool) {
    let shape = model.configuration
    self.recomputes = recomputes
    scratch.reserve(rows, shape)
    shared.reserve(rows, shape, dropout: batch.dropsOut)
    narrow.pack()
    for layer in adapter.weights.layers {
      input(layer).reserve(rows * shape.hiddenSize)
      let kept = keptLayer(layer)
      if !recomputes { kept.reserve(rows, shape, dropout: batch.dropsOut) }
      narrow.connect(layer: layer, rows: rows, kept: kept) { group in
        guard let seed = batch.maskSeed(layer: layer, group: group) else {
          return prism_mask(bits: nil, factor: 1, rate: 0, seed: 0)
        }
        return prism_mask(bits: nil, factor: 1 / (1 - batch.dropout), rate: batch.dropout, seed: seed)
      }
    }
  }

  /// The residual stream before an adapted layer.
  func input(_ layer: Int) -> Buffer<Float> { inputs[layer - adapter.weights.layers.lowerBound] }

  /// What else is kept of a layer.
  func keptLayer(_ layer: Int) -> NarrowLayer {
    recomputes || !adapter.weights.layers.contains(layer)
      ? shared : saved[layer - adapter.weights.layers.lowerBound]
  }

  func forward() throws {
    var pending: UnsafePointer<prism_stage_product>?
    for layer in 0..<model.configuration.layerCount {
      let input = adapter.weights.layers.contains(layer) ? input(layer) : nil
      try forward(layer: layer, input: input, pending: pending)
      pending = narrow.forward(layer, 3)
    }
    prism_train_norm(
      rows, model.configuration.hiddenSize, batch.hidden.pointer, pending, nil, nil, 0, nil, nil)
  }

  /// Runs one layer from `hidden`. What the last adapter product adds to `hidden` is left to the next
  /// stage that reads it.
  ///
  /// - Parameters:
  ///   - input: receives the layer's input; `nil` where that is not needed.
  ///   - pending: what the layer below left to add.
  ///   - isRepeat: the layer's output is known, so its last product is left out.
  func forward(
    layer: Int, input: Buffer<Float>?, pending: UnsafePointer<prism_stage_product>?,
    isRepeat: Bool = false
  ) throws {
    let shape = model.configuration
    let weights = model.layers[layer]
    let kept = keptLayer(layer)
    let hidden = batch.hidden
    prism_train_norm(
      rows, shape.hiddenSize, hidden.pointer, pending, input?.pointer, weights.attentionNorm,
      shape.normEpsilon, kept.normed.pointer, narrow.forward(layer, 0))
    try weights.queryKeyValue.multiply(
      kept.normed.pointer, rows: rows, into: scratch.queryKeyValue.pointer)
    weights.queryKeyValueBias.withUnsafeBufferPointer { bias in
      prism_train_qkv(
        rows, shape.queryKeyValueSize, scratch.queryKeyValue.pointer, narrow.forward(layer, 0),
        bias.isEmpty ? nil : bias.baseAddress, batch.positions, batch.ropeTable,
        shape.headCount + shape.keyValueHeadCount, shape.headSize, kept.queryKeyValue.pointer)
    }
    prism_train_attention(
      kept.queryKeyValue.pointer, shape.headCount, shape.keyValueHeadCount, shape.headSize,
      batch.segments, batch.segments.count, scratch.attended.pointer, kept.logDenominators.pointer)
    prism_train_narrow(
      rows, shape.querySize, scratch.attended.pointer, kept.attended.pointer, 0,
      narrow.forward(layer, 1))
    try weights.output.multiply(
      kept.attended.pointer, rows: rows, into: hidden.pointer, accumulate: true)

    prism_train_norm(
      rows, shape.hiddenSize, hidden.pointer, narrow.forward(layer, 1), kept.middle.pointer,
      weights.feedForwardNorm, shape.normEpsilon, kept.feedForwardNormed.pointer,
      narrow.forward(layer, 2))
    try weights.gateUp.multiply(
      kept.feedForwardNormed.pointer, rows: rows, into: scratch.gateUp.pointer)
    prism_train_swiglu(
      rows, shape.feedForwardSize, scratch.gateUp.pointer, narrow.forward(layer, 2),
      kept.gateUp.pointer, kept.activated.pointer, narrow.forward(layer, 3))
    if isRepeat { return }
    try weights.down.multiply(
      kept.activated.pointer, rows: rows, into: hidden.pointer, accumulate: true)
  }
}
