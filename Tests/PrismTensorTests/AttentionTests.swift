import CKernels
import PrismTensor
import PrismTesting
import Testing

/// Attention against double loops: several sequences in one batch, over the borders of the
/// 64-position blocks, for every grouping and head size of the supported models.
@Suite struct AttentionTests {
  struct Heads: Sendable, CustomTestStringConvertible {
    let group: Int
    let size: Int
    let keyValueHeads: Int
    var heads: Int { group * keyValueHeads }
    var stride: Int { (heads + 2 * keyValueHeads) * size }
    var testDescription: String { "\(group) queries a key, size \(size)" }

    init(group: Int, size: Int, keyValueHeads: Int? = nil) {
      self.group = group
      self.size = size
      self.keyValueHeads = keyValueHeads ?? (group > 2 ? 1 : 2)
    }
  }

  static let shapes = [8, 12, 16, 64, 128].flatMap { size in
    (1...4).map { Heads(group: $0, size: size) }
  }

  /// (past, rows): a first token, a prompt over a border, decoding at a border's either side, a piece
  /// that starts inside a block and ends in the next, and several tokens at a block's start.
  static let segments: [(past: Int, rows: Int)] = [
    (0, 1), (0, 65), (63, 1), (64, 1), (60, 70), (130, 1), (64, 3),
  ]

  /// The batch's rows after their keys and values, and before them those of the pasts, were stored.
  private static func stored(
    _ batch: AttentionBatch, _ shape: Heads, _ layout: inout prism_cache_layout, layer: Int
  ) -> [Float] {
    for segment in batch.pasts {
      var rows = segment.rows
      prism_rotate_and_store(
        &layout, layer, &rows, shape.stride, shape.heads, [segment.view], 1, nil)
    }
    var rows = batch.rows
    prism_rotate_and_store(
      &layout, layer, &rows, shape.stride, shape.heads, batch.views, batch.views.count, nil)
    return rows
  }

  // fp32 sums of up to 130 terms; scores of size 3 go through an exp that is within 2e-7. With a bf16
  // cache the twin rounds queries, keys and values too, but not the softmax's weights: each is off by
  // at most 2^-9 of itself, so a sum of values up to 4.5 is off by at most 0.009.
  @Test(arguments: shapes, Precision.allCases)
  func cached(_ shape: Heads, _ precision: Precision) throws {
    let layers = 2
    var layout = prism_cache_layout(
      layers: layers, heads: shape.keyValueHeads, head_size: shape.size, precision: precision.code)
    let batch = AttentionBatch(shape, Self.segments, precision: precision, layers: layers)
    // The other layer's write must not touch this one's.
    var noise = batch.noise
    prism_rotate_and_store(
      &layout, 0, &noise, shape.stride, shape.heads, batch.views, batch.views.count, nil)
    let rows = Self.stored(batch, shape, &layout, layer: 1)
    #expect(rows == batch.rows, "without a table nothing is rotated")
    var out = [Float](repeating: .nan, count: batch.rowCount * shape.heads * shape.size)
    var narrow = [UInt16](repeating: 0xFFFF, count: out.count)
    prism_attention_paged(
      &layout, 1, rows, shape.stride, shape.heads, batch.views, batch.views.count, &out, &narrow)
    try expectClose(out, batch.expected, tolerance: precision == .bf16 ? 0.009 : 1e-5)
    if precision == .bf16 {
      let rounded = out.map { value in
        var bits: UInt16 = 0
        prism_narrow([value], &bits, 1)
        return bits
      }
      #expect(narrow == rounded)
    }
  }

  // Where single rows are enough for every thread, one item is all heads of a row, block after block;
  // where they are few, one head. Either way, and beside a piece of a prompt, a row's bits are the same.
  @Test(arguments: [
    Heads(group: 1, size: 16, keyValueHeads: 2), Heads(group: 3, size: 64, keyValueHeads: 3),
    Heads(group: 7, size: 64, keyValueHeads: 2), Heads(group: 13, size: 128, keyValueHeads: 1),
  ])
  func singleRows(_ shape: Heads) throws {
    let pasts = [0, 1, 15, 16, 62, 63, 64, 65, 130, 200]
    let segments = Array(repeating: pasts, count: Int(prism_thread_count())).flatMap { $0 }
      .map { (past: $0, rows: 1) }
    var layout = prism_cache_layout(
      layers: 1, heads: shape.keyValueHeads, head_size: shape.size, precision: Precision.bf16.code)
    let batch = AttentionBatch(shape, segments + [(5, 61)], precision: .bf16, layers: 1)
    let rows = Self.stored(batch, shape, &layout, layer: 0)
    func attended(_ views: [prism_segment]) -> [Float] {
      var out = [Float](repeating: .nan, count: batch.rowCount * shape.heads * shape.size)
      prism_attention_paged(
        &layout, 0, rows, shape.stride, shape.heads, views, views.count, &out, nil)
      return out
    }
    let together = attended(batch.views)
    try expectClose(together, batch.expected, tolerance: 0.009)
    let width = shape.heads * shape.size
    for view in batch.views {
      let own = view.row * width..<(view.row + view.rows) * width
      #expect(attended([view])[own] == together[own], "row \(view.row)")
    }
  }

  // Queries and keys are rotated by each row's own position, values not at all.
  @Test(arguments: Precision.allCases) func rotation(precision: Precision) {
    let shape = Heads(group: 2, size: 8)
    let batch = AttentionBatch(shape, Self.segments, precision: precision, layers: 1)
    var layout = prism_cache_layout(
      layers: 1, heads: shape.keyValueHeads, head_size: shape.size, precision: precision.code)
    let table = TensorToys.normals(200 * shape.size, seed: 7)
    var rows = batch.rows
    prism_rotate_and_store(
      &layout, 0, &rows, shape.stride, shape.heads, batch.views, batch.views.count, table)
    var expected = batch.rows
    let positions = Self.segments.flatMap { segment in
      (0..<segment.rows).map { Int32(segment.past + $0) }
    }
    prism_rope(
      &expected, shape.stride, positions, table, batch.rowCount,
      shape.heads + shape.keyValueHeads, shape.size, 1)
    #expect(rows == expected)
  }

  // The training form reads keys and values from the batch and keeps the log denominators.
  @Test(arguments: shapes) func training(_ shape: Heads) throws {
    var layout = prism_cache_layout(
      layers: 1, heads: shape.keyValueHeads, head_size: shape.size, precision: Precision.fp32.code)
    let batch = AttentionBatch(
      shape, [(0, 1), (0, 65), (0, 3), (0, 130)], precision: .fp32, layers: 1)
    let views = batch.views.map { prism_segment(row: $0.row, rows: $0.rows, past: 0, blocks: nil) }
    var out = [Float](repeating: .nan, count: batch.rowCount * shape.heads * shape.size)
    var denominators = [Float](repeating: .nan, count: batch.rowCount * shape.heads)
    prism_attention(
      &layout, 0, batch.rows, shape.stride, shape.heads, views, views.count, &out, &denominators)
    try expectClose(out, batch.expected, tolerance: 1e-5)
    try expectClose(denominators, batch.logDenominators, tolerance: 1e-5)
  }
}
