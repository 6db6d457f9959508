import CKernels
import PrismTensor

/// Runs packed batches through the decoder's layers; owns the memory that takes.
///
/// Rows of all segments lie one after another, without padding. Each row's result depends on its own
/// sequence alone. Base rows never touch an adapter, and rows of several adapters share a pass.
package final class ForwardPass {
  private struct Adapter {
    let active: ActiveAdapter
    /// The same where it is frozen and the processor has the kernel for it.
    let packed: PackedAdapter?
  }

  /// Rows of one pass that touch and run with the same adapter.
  private struct RoutedRows {
    var range: Range<Int>
    let adapter: Int
  }

  package let model: Transformer
  private let adapters: [Adapter]
  /// Low-rank values of one row at most.
  private let widestRank: Int
  private let rope: RopeTable
  /// Residual stream, `[R, D]`.
  private let hidden = Buffer<Float>()
  private let normedWide = Buffer<Float>()
  private let normedNarrow = Buffer<UInt16>()
  private let queryKeyValue = Buffer<Float>()
  private let attended = Buffer<Float>()
  private let attendedNarrow = Buffer<UInt16>()
  private let gateUp = Buffer<Float>()
  private let activatedWide = Buffer<Float>()
  private let activatedNarrow = Buffer<UInt16>()
  private let low = Buffer<Float>()
  private let lowNarrow = Buffer<UInt16>()
  private let logitRows = Buffer<Float>()
  private let logits = Buffer<Float>()

  private var segments: [BatchSegment] = []
  private var firstRows: [Int] = []
  private var rows = 0
  private var views: [prism_segment] = []
  private var ropeTable: UnsafePointer<Float>?
  /// What packed adapters add to the product that comes next.
  private var updates = LowRankUpdates()

  package init(model: Transformer, adapter: ActiveAdapter? = nil) {
    self.model = model
    adapters = adapter.map { [Adapter(active: $0, packed: nil)] } ?? []
    widestRank = 0
    rope = RopeTable(model.configuration)
  }

  /// A pass whose adapters no longer change; segments name them by their places in `weights`. Throws
  /// `TensorError` when memory for them is short.
  package init(model: Transformer, frozen weights: [LoRAWeights]) throws {
    self.model = model
    adapters = try weights.map {
      Adapter(
        active: ActiveAdapter($0), packed: try model.precision == .bf16 ? PackedAdapter($0) : nil)
    }
    widestRank = adapters.compactMap { $0.packed?.widestRank }.max() ?? 0
    rope = RopeTable(model.configuration)
  }

  /// Looks up embeddings of a new batch. Run its layers next, in order.
  package func begin(_ batch: [BatchSegment]) {
    let shape = model.configuration
    segments = batch
    firstRows.removeAll(keepingCapacity: true)
    views.removeAll(keepingCapacity: true)
    rows = batch.reduce(0) { $0 + $1.tokens.count }
    reserve(rows)
    var row = 0
    var longest = 0
    for segment in batch {
      let past = segment.cache.count
      let total = past + segment.tokens.count
      longest = max(longest, total)
      firstRows.append(row)
      let addresses = segment.cache.addresses(covering: total)
      views.append(
        prism_segment(
          row: row, rows: segment.tokens.count, past: past, blocks: UnsafePointer(addresses)))
      for (offset, token) in segment.tokens.enumerated() {
        model.embedding.copyRow(
          Int(token), into: hidden.pointer + (row + offset) * shape.hiddenSize)
      }
      row += segment.tokens.count
    }
    ropeTable = rope.covering(longest)
  }

  /// Chooses the route of one segment; it holds for the layers that have not run yet.
  package func setRoute(_ route: Route, ofSegment index: Int) { segments[index].route = route }

  /// The residual stream of a segment's last row: D values, valid until the next call.
  package func lastHiddenState(ofSegment index: Int) -> UnsafeBufferPointer<Float> {
    let row = firstRows[index] + segments[index].tokens.count - 1
    let size = model.configuration.hiddenSize
    return UnsafeBufferPointer(start: hidden.pointer + row * size, count: size)
  }

  /// Residual stream of every row, `[R, D]`.
  package var hiddenStates: UnsafeMutablePointer<Float> { hidden.pointer }

  package func run(layers: Range<Int>) throws {
    guard rows > 0 else { return }
    for layer in layers { try run(layer: layer) }
  }

  /// Makes the batch's positions part of its caches; call once its layers have run.
  package func commit() {
    for segment in segments {
      segment.cache.advance(
        to: segment.cache.count + segment.tokens.count, weights: segment.weights)
    }
  }

  /// Lets go of the batch and so of its caches; begin the next one before running layers again.
  package func end() {
    segments.removeAll(keepingCapacity: true)
    views.removeAll(keepingCapacity: true)
    firstRows.removeAll(keepingCapacity: true)
    rows = 0
  }

  /// Logits of the given rows, `[rows.count, V]`; valid until the next call.
  package func logits(ofRows chosen: [Int]) throws -> UnsafeMutablePointer<Float> {
    let shape = model.configuration
    let padded = PackedMatrix.paddedRows(chosen.count)
    logitRows.reserve(padded * shape.hiddenSize)
    logits.reserve(padded * shape.vocabularySize)
    for (index, row) in chosen.enumerated() {
      (logitRows.pointer + index * shape.hiddenSize).update(
        from: hidden.pointer + row * shape.hiddenSize, count: shape.hiddenSize)
    }
    normedWide.reserve(padded * shape.hiddenSize)
    normedNarrow.reserve(padded * shape.hiddenSize)
    norm(logitRows.pointer, model.finalNorm, rows: chosen.count, wide: false)
    try model.requireHead().multiply(normed, rows: chosen.count, into: logits.pointer)
    return logits.pointer
  }

  /// The last rows of a segment.
  package func lastRows(ofSegment index: Int, count: Int) -> Range<Int> {
    let end = firstRows[index] + segments[index].tokens.count
    return end - count..<end
  }

  /// Logits of each segment's last row, `[segments, V]`.
  package func lastLogits(ofSegments indices: [Int]) throws -> UnsafeMutablePointer<Float> {
    try logits(ofRows: indices.map { firstRows[$0] + segments[$0].tokens.count - 1 })
  }

  /// Bytes of working memory held.
  package var byteCount: Int {
    hidden.byteCount + normedWide.byteCount + normedNarrow.byteCount + queryKeyValue.byteCount
      + attended.byteCount + attendedNarrow.byteCount + gateUp.byteCount + activatedWide.byteCount
      + activatedNarrow.byteCount + low.byteCount + lowNarrow.byteCount + logitRows.byteCount
      + logits.byteCount
  }

  // MARK: One layer

  private func run(layer: Int) throws {
    let shape = model.configuration
    let weights = model.layers[layer]
    let routed = routedRows(layer: layer)
    let usesWide = routed.contains { adapters[$0.adapter].packed == nil }

    norm(hidden.pointer, weights.attentionNorm, rows: rows, wide: usesWide)
    prepareUpdates(0, layer: layer, routed: routed, normedNarrow)
    try weights.queryKeyValue.multiply(
      normed, rows: rows, into: queryKeyValue.pointer, updates: updates)
    try addAdapter(0, layer: layer, routed: routed, normedWide, to: queryKeyValue)
    if !weights.queryKeyValueBias.isEmpty {
      prism_add_bias(
        queryKeyValue.pointer, weights.queryKeyValueBias, rows, shape.queryKeyValueSize)
    }
    attend(layer: layer)
    prepareUpdates(1, layer: layer, routed: routed, attendedNarrow)
    try weights.output.multiply(
      input(attended, attendedNarrow), rows: rows, into: hidden.pointer, accumulate: true,
      updates: updates)
    try addAdapter(1, layer: layer, routed: routed, attended, to: hidden)

    norm(hidden.pointer, weights.feedForwardNorm, rows: rows, wide: usesWide)
    prepareUpdates(2, layer: layer, routed: routed, normedNarrow)
    try activate(layer: layer, routed: routed, usesWide: usesWide)
    prepareUpdates(3, layer: layer, routed: routed, activatedNarrow)
    try weights.down.multiply(
      input(activatedWide, activatedNarrow), rows: rows, into: hidden.pointer, accumulate: true,
      updates: updates)
    try addAdapter(3, layer: layer, routed: routed, activatedWide, to: hidden)
  }

  /// silu(gate) up of the normed rows, in the forms that follow.
  private func activate(layer: Int, routed: [RoutedRows], usesWide: Bool) throws {
    let gateUpWeights = model.layers[layer].gateUp
    let isNarrow = model.precision == .bf16
    if isNarrow, !usesWide,
      gateUpWeights.multiplyGated(
        normed, rows: rows, into: activatedNarrow.pointer, updates: updates)
    {
      return
    }
    try gateUpWeights.multiply(normed, rows: rows, into: gateUp.pointer, updates: updates)
    try addAdapter(2, layer: layer, routed: routed, normedWide, to: gateUp)
    prism_swiglu(
      gateUp.pointer, rows, model.configuration.feedForwardSize,
      usesWide || !isNarrow ? activatedWide.pointer : nil,
      isNarrow ? activatedNarrow.pointer : nil)
  }

  private func attend(layer: Int) {
    let shape = model.configuration
    var layout = prism_cache_layout(
      layers: shape.layerCount, heads: shape.keyValueHeadCount, head_size: shape.headSize,
      precision: model.precision.code)
    prism_rotate_and_store(
      &layout, layer, queryKeyValue.pointer, shape.queryKeyValueSize, shape.headCount, views,
      views.count, ropeTable)
    prism_attention_paged(
      &layout, layer, queryKeyValue.pointer, shape.queryKeyValueSize, shape.headCount, views,
      views.count, attended.pointer, attendedNarrow.pointer)
  }

  /// Runs of rows whose segments are routed to an adapter of this layer, merged where they touch.
  private func routedRows(layer: Int) -> [RoutedRows] {
    guard !adapters.isEmpty else { return [] }
    var runs: [RoutedRows] = []
    for (index, segment) in segments.enumerated() where segment.route == .adapter {
      guard adapters[segment.adapter].active.weights.layers.contains(layer) else { continue }
      let range = firstRows[index]..<firstRows[index] + segment.tokens.count
      if let last = runs.last, last.range.upperBound == range.lowerBound,
        last.adapter == segment.adapter
      {
        runs[runs.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        runs.append(RoutedRows(range: range, adapter: segment.adapter))
      }
    }
    return runs
  }

  /// Reads the routed rows through packed adapters' first matrices; the product of the projection group
  /// then adds the second's.
  private func prepareUpdates(
    _ group: Int, layer: Int, routed: [RoutedRows], _ x: Buffer<UInt16>
  ) {
    updates.removeAll()
    var place = 0
    for run in routed {
      guard let pair = adapters[run.adapter].packed?.pair(group: group, layer: layer) else {
        continue
      }
      updates.append(pair, rows: run.range, low: lowNarrow.pointer + place)
      place += run.range.count * pair.rank
    }
    if !updates.isEmpty { updates.readInputs(x.pointer) }
  }

  /// Adds a projection group's update to the rows of y that are routed to adapters that are not packed.
  private func addAdapter(
    _ index: Int, layer: Int, routed: [RoutedRows], _ x: Buffer<Float>, to y: Buffer<Float>
  ) throws {
    guard !routed.isEmpty else { return }
    let group = ActiveAdapter.groups[index]
    let inputs = group[0].size(in: model.configuration).input
    let outputs = group.reduce(0) { $0 + $1.size(in: model.configuration).output }
    for run in routed where adapters[run.adapter].packed == nil {
      let adapter = adapters[run.adapter].active
      let (first, count) = (run.range.lowerBound, run.range.count)
      low.reserve(count * group.count * adapter.weights.rank)
      try adapter.add(
        group, layer: layer, x: x.pointer + first * inputs, rows: count, low: low.pointer,
        to: y.pointer + first * outputs)
    }
  }

  // MARK: Precision

  /// Input of the next product, in the model's precision.
  private var normed: UnsafeRawPointer { input(normedWide, normedNarrow) }

  private func norm(_ x: UnsafePointer<Float>, _ weight: [Float], rows: Int, wide: Bool) {
    let isNarrow = model.precision == .bf16
    prism_rms_norm(
      x, weight, model.configuration.normEpsilon, rows, model.configuration.hiddenSize,
      wide || !isNarrow ? normedWide.pointer : nil, isNarrow ? normedNarrow.pointer : nil)
  }

  private func input(_ wide: Buffer<Float>, _ narrow: Buffer<UInt16>) -> UnsafeRawPointer {
    model.precision == .bf16 ? UnsafeRawPointer(narrow.pointer) : UnsafeRawPointer(wide.pointer)
  }

  private func reserve(_ rows: Int) {
    let shape = model.configuration
    let padded = PackedMatrix.paddedRows(rows)
    hidden.reserve(padded * shape.hiddenSize)
    normedWide.reserve(padded * shape.hiddenSize)
    normedNarrow.reserve(padded * shape.hiddenSize)
    queryKeyValue.reserve(padded * shape.queryKeyValueSize)
    attended.reserve(padded * shape.querySize)
    attendedNarrow.reserve(padded * shape.querySize)
    gateUp.reserve(padded * 2 * shape.feedForwardSize)
    activatedWide.reserve(padded * shape.feedForwardSize)
    activatedNarrow.reserve(padded * shape.feedForwardSize)
    lowNarrow.reserve(rows * widestRank)
  }
}
