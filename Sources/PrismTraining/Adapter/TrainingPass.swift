import CKernels
package import PrismModel
package import PrismTensor

/// What the backward pass needs of one layer's forward pass.
final class SavedLayer {
  /// Residual stream before the layer and between its halves, `[R, D]`.
  let input = Buffer<Float>()
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
    input.reserve(rows * shape.hiddenSize)
    middle.reserve(rows * shape.hiddenSize)
    queryKeyValue.reserve(rows * shape.queryKeyValueSize)
    attended.reserve(rows * shape.querySize)
    logDenominators.reserve(rows * shape.headCount)
    gateUp.reserve(rows * 2 * shape.feedForwardSize)
    for (group, buffer) in zip(ActiveAdapter.groups, low) { buffer.reserve(rows * group.count * rank) }
  }
}

/// Forward and backward pass of the adapter over packed sequences; the base weights are frozen.
///
/// The forward pass keeps what the backward pass needs instead of computing it again; norms and the
/// feed-forward activation, cheap to redo, are not kept.
package final class TrainingPass {
  package let model: Transformer
  package let adapter: ActiveAdapter
  let backwardWeights: BackwardWeights
  private let dropout: Float
  private let rope: RopeTable
  private var saved: [SavedLayer]
  private let frozen = SavedLayer()

  /// Residual stream after the last layer that ran, `[R, D]`.
  package let hidden = Buffer<Float>()
  /// Gradient of the loss with respect to `hidden`; the caller fills it before `backward`.
  package let hiddenGradient = Buffer<Float>()
  let normed = Buffer<Float>()
  let activated = Buffer<Float>()
  let dropped = Buffer<Float>()
  let narrow = Buffer<UInt16>()
  let scratch = GradientScratch()

  private(set) var rows = 0
  private(set) var positions: [Int32] = []
  private(set) var segments: [prism_segment] = []
  private(set) var ropeTable: UnsafePointer<Float>?
  private var dropoutSeed: UInt64?

  package init(
    model: Transformer, adapter: ActiveAdapter, backward: BackwardWeights, dropout: Float
  ) {
    self.model = model
    self.adapter = adapter
    backwardWeights = backward
    self.dropout = dropout
    rope = RopeTable(model.configuration)
    saved = adapter.weights.layers.map { _ in SavedLayer() }
  }

  /// Runs all layers over the sequences, packed one after another.
  ///
  /// - Parameter dropoutSeed: fixes the dropout masks; `nil` turns dropout off.
  package func forward(_ sequences: [[Int32]], dropoutSeed: UInt64?) throws {
    let shape = model.configuration
    self.dropoutSeed = dropout > 0 ? dropoutSeed : nil
    rows = sequences.reduce(0) { $0 + $1.count }
    reserve(rows)
    positions = []
    segments = []
    for tokens in sequences {
      let first = positions.count
      segments.append(prism_segment(row: first, rows: tokens.count, past: 0, blocks: nil))
      for (offset, token) in tokens.enumerated() {
        model.embedding.copyRow(
          Int(token), into: hidden.pointer + (first + offset) * shape.hiddenSize)
        positions.append(Int32(offset))
      }
    }
    ropeTable = rope.covering(sequences.map(\.count).max() ?? 1)
    for layer in 0..<shape.layerCount { try forward(layer: layer) }
  }

  /// The kept activations of an adapted layer.
  func savedLayer(_ layer: Int) -> SavedLayer { saved[layer - adapter.weights.layers.lowerBound] }

  private func forward(layer: Int) throws {
    let shape = model.configuration
    let weights = model.layers[layer]
    let isAdapted = adapter.weights.layers.contains(layer)
    let kept = isAdapted ? savedLayer(layer) : frozen
    kept.reserve(PackedMatrix.paddedRows(rows), shape, rank: adapter.weights.rank)

    kept.input.pointer.update(from: hidden.pointer, count: rows * shape.hiddenSize)
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
      &layout, 0, kept.queryKeyValue.pointer, shape.queryKeyValueSize, shape.headCount, segments,
      segments.count, kept.attended.pointer, kept.logDenominators.pointer)
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
    group: Int, layer: Int, x: Buffer<Float>, kept: SavedLayer, to y: Buffer<Float>
  ) throws {
    guard adapter.weights.layers.contains(layer) else { return }
    let projections = ActiveAdapter.groups[group]
    let input = droppedOut(x, columns: projections[0].size(in: model.configuration).input, layer: layer, group: group)
    try adapter.add(
      projections, layer: layer, x: input, rows: rows, low: kept.low[group].pointer, to: y.pointer)
  }

  /// x as the adapter reads it: with this step's mask, the same for all projections of the group.
  func droppedOut(_ x: Buffer<Float>, columns: Int, layer: Int, group: Int) -> UnsafePointer<Float> {
    guard let seed = maskSeed(layer: layer, group: group) else { return UnsafePointer(x.pointer) }
    dropped.reserve(rows * columns)
    prism_dropout(x.pointer, dropped.pointer, rows * columns, dropout, seed)
    return UnsafePointer(dropped.pointer)
  }

  /// Applies the mask of `droppedOut` to a gradient, in place.
  func applyMask(_ gradient: UnsafeMutablePointer<Float>, columns: Int, layer: Int, group: Int) {
    guard let seed = maskSeed(layer: layer, group: group) else { return }
    prism_dropout(gradient, gradient, rows * columns, dropout, seed)
  }

  private func maskSeed(layer: Int, group: Int) -> UInt64? {
    guard let dropoutSeed else { return nil }
    var stream = SeededGenerator(seed: dropoutSeed, UInt64(layer), UInt64(group))
    return stream.next()
  }

  // MARK: Shared with the backward pass

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
      x.pointer, shape.queryKeyValueSize, positions, ropeTable, rows,
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

  private func reserve(_ rows: Int) {
    let shape = model.configuration
    let padded = PackedMatrix.paddedRows(rows)
    hidden.reserve(padded * shape.hiddenSize)
    hiddenGradient.reserve(padded * shape.hiddenSize)
    normed.reserve(padded * shape.hiddenSize)
    activated.reserve(padded * shape.feedForwardSize)
    scratch.reserve(padded, shape, rank: adapter.weights.rank)
  }
}
