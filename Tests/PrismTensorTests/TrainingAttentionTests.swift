import CKernels
import PrismTensor
import PrismTesting
import Testing

/// bf16 attention forward and backward against the fp32 kernels, which are tested against differences,
/// on the same rounded queries, keys and values.
@Suite struct TrainingAttentionTests {
  static let shapes = [8, 12, 34, 64, 80].flatMap { size in
    [1, 3].map { AttentionTests.Heads(group: $0, size: size) }
  }

  // Weights and gradients of scores are rounded to bf16, 2^-9 of themselves; sums over keys of random
  // signs stay near that of their largest terms, of size 5 or so.
  @Test(arguments: shapes, [[1], [2, 1, 5], [63, 64, 65], [200, 3]])
  func asInFullPrecision(_ shape: AttentionTests.Heads, _ lengths: [Int]) throws {
    let toy = Toy(shape, lengths)
    let (expected, actual) = (toy.wide(), toy.narrow())
    try expectClose(actual.out, expected.out, tolerance: 0.02, "out")
    try expectClose(actual.lse, expected.lse, tolerance: 1e-4, "log denominators")
    try expectClose(actual.gradient, expected.gradient, tolerance: 0.06, "gradient")
    // Not merely small: what a broken term would leave.
    let (error, size) = (
      zip(actual.gradient, expected.gradient).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) },
      expected.gradient.reduce(0) { $0 + $1 * $1 }
    )
    #expect(error < 1e-4 * size)
  }

  @Test func threadsChangeNothing() {
    let before = Threads.count
    defer { Threads.use(before) }
    let toy = Toy(AttentionTests.Heads(group: 3, size: 64), [65, 7, 130])
    let runs = [1, 2, 3].map { count in
      Threads.use(count)
      return toy.narrow().gradient
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }

  @Test(.enabled(if: prism_has_fast_bf16() != 0), arguments: shapes)
  func bothKindsOfSums(_ shape: AttentionTests.Heads) {
    defer { prism_choose_sums(PRISM_SUMS_MEASURED) }
    let toy = Toy(shape, [65, 7, 130])
    let runs = [PRISM_SUMS_BY_PAIRS, PRISM_SUMS_IN_FP32].map { kind in
      prism_choose_sums(kind)
      return toy.narrow()
    }
    #expect(runs[0].gradient == runs[1].gradient && runs[0].out == runs[1].out)
  }

  struct Result {
    var out: [Float]
    var lse: [Float]
    /// [rows, (H + 2K) E]
    var gradient: [Float]
  }

  struct Toy {
    let shape: AttentionTests.Heads
    let rows: Int
    let views: [prism_segment]
    let qkv: [Float]
    let dout: [Float]
    var width: Int { shape.heads * shape.size }

    init(_ shape: AttentionTests.Heads, _ lengths: [Int]) {
      self.shape = shape
      rows = lengths.reduce(0, +)
      var first = 0
      views = lengths.map { length in
        defer { first += length }
        return prism_segment(row: first, rows: length, past: 0, blocks: nil)
      }
      qkv = TensorToys.rounded(TensorToys.normals(rows * shape.stride, seed: 20), .bf16)
      dout = TensorToys.rounded(
        TensorToys.normals(rows * shape.heads * shape.size, seed: 21), .bf16)
    }

    func wide() -> Result {
      var layout = prism_cache_layout(
        layers: 1, heads: shape.keyValueHeads, head_size: shape.size, precision: Precision.fp32.code)
      var result = empty
      prism_attention(
        &layout, 0, qkv, shape.stride, shape.heads, views, views.count, &result.out, &result.lse)
      prism_attention_backward(
        &layout, qkv, shape.stride, shape.heads, views, views.count, result.out, result.lse, dout,
        &result.gradient)
      return result
    }

    func narrow() -> Result {
      let narrowRows = qkv.map(TensorToys.nearestBF16)
      let slope = dout.map(TensorToys.nearestBF16)
      var result = empty
      prism_train_attention(
        narrowRows, shape.heads, shape.keyValueHeads, shape.size, views, views.count, &result.out,
        &result.lse)
      var product = dout
      var narrowSlope = slope
      var delta = [Float](repeating: .nan, count: rows * shape.heads)
      prism_train_attended_backward(
        rows, shape.heads, shape.size, &product, nil, result.out.map(TensorToys.nearestBF16),
        &narrowSlope, &delta)
      var dq = [Float](repeating: .nan, count: rows * width)
      var parts = [Float](repeating: .nan, count: rows * 2 * width)
      prism_train_attention_backward(
        narrowRows, shape.heads, shape.keyValueHeads, shape.size, views, views.count, rows,
        result.lse, delta, narrowSlope, &dq, &parts)
      let group = shape.heads / shape.keyValueHeads
      for row in 0..<rows {
        let start = row * shape.stride
        for i in 0..<width { result.gradient[start + i] = dq[row * width + i] }
        for key in 0..<shape.keyValueHeads {
          for i in 0..<shape.size {
            for (side, offset) in [(0, width), (shape.size, width + shape.keyValueHeads * shape.size)] {
              result.gradient[start + offset + key * shape.size + i] = (0..<group).reduce(0) {
                $0 + parts[((key * group + $1) * rows + row) * 2 * shape.size + side + i]
              }
            }
          }
        }
      }
      return result
    }

    private var empty: Result {
      Result(
        out: [Float](repeating: .nan, count: rows * width),
        lse: [Float](repeating: .nan, count: rows * shape.heads),
        gradient: [Float](repeating: .nan, count: qkv.count))
    }
  }
}
