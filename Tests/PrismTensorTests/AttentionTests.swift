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
    var keyValueHeads: Int { group > 2 ? 1 : 2 }
    var heads: Int { group * keyValueHeads }
    var stride: Int { (heads + 2 * keyValueHeads) * size }
    var testDescription: String { "\(group) queries a key, size \(size)" }
  }

  static let shapes = [8, 12, 16, 64, 128].flatMap { size in
    (1...4).map { Heads(group: $0, size: size) }
  }

  /// (past, rows): a first token, a prompt over a border, decoding at a border's either side, a piece
  /// that starts inside a block and ends in the next, and several tokens at a block's start.
  static let segments: [(past: Int, rows: Int)] = [
    (0, 1), (0, 65), (63, 1), (64, 1), (60, 70), (130, 1), (64, 3),
  ]

  // fp32 sums of up to 130 terms; scores of size 3 go through an exp that is within 2e-7. A bf16
  // cache rounds keys and values once, which the twin does too, so the tolerance is the same.
  @Test(arguments: shapes, Precision.allCases)
  func cached(_ shape: Heads, _ precision: Precision) throws {
    let layers = 2
    var layout = prism_cache_layout(
      layers: layers, heads: shape.keyValueHeads, head_size: shape.size, precision: precision.code)
    let batch = AttentionBatch(shape, Self.segments, precision: precision, layers: layers)
    // The other layer's write must not touch this one's.
    prism_cache_write(
      &layout, 0, batch.noise, shape.stride, shape.heads, batch.views, batch.views.count)
    for segment in batch.pasts {
      prism_cache_write(&layout, 1, segment.rows, shape.stride, shape.heads, [segment.view], 1)
    }
    prism_cache_write(
      &layout, 1, batch.rows, shape.stride, shape.heads, batch.views, batch.views.count)
    var out = [Float](repeating: .nan, count: batch.rowCount * shape.heads * shape.size)
    prism_attention(
      &layout, 1, batch.rows, shape.stride, shape.heads, batch.views, batch.views.count, &out, nil)
    try expectClose(out, batch.expected, tolerance: 1e-5)
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
