import CKernels
import Foundation
import PrismTensor
import PrismTesting
import Testing

/// Every backward kernel against central differences of the double-precision formulas, which the
/// forward kernels' own tests tie to the kernels. Differences are good to 1e-9; what is left is the
/// kernels' fp32 rounding, near 1e-6 for gradients of size 1.
@Suite struct KernelGradientTests {
  @Test(arguments: [1, 3, 16, 33]) func rmsNorm(_ columns: Int) throws {
    let x = TensorToys.normals(2 * columns, seed: 60, scale: 2)
    let weight = TensorToys.normals(columns, seed: 61)
    let dy = TensorToys.normals(x.count, seed: 62)
    let expected = TensorToys.gradient(at: TensorToys.doubles(x)) { x in
      TensorToys.dot(
        Twins.rmsNorm(x, weight: TensorToys.doubles(weight), epsilon: 1e-3), TensorToys.doubles(dy))
    }
    // The kernel adds to what is there.
    let before = TensorToys.normals(x.count, seed: 63)
    var dx = before
    prism_rms_norm_backward(x, weight, 1e-3, dy, 2, columns, &dx)
    try expectClose(dx, zip(before, expected).map { $0 + $1 }, tolerance: 1e-5)
  }

  @Test(arguments: [1, 3, 16, 33]) func swiglu(_ columns: Int) throws {
    let x = TensorToys.normals(2 * 2 * columns, seed: 64, scale: 2)
    let dh = TensorToys.normals(2 * columns, seed: 65)
    let expected = TensorToys.gradient(at: TensorToys.doubles(x)) { x in
      TensorToys.dot(Twins.swiglu(x, columns: columns), TensorToys.doubles(dh))
    }
    var dx = [Float](repeating: .nan, count: x.count)
    prism_swiglu_backward(x, dh, 2, columns, &dx)
    try expectClose(dx, expected, tolerance: 1e-5)
  }

  @Test(arguments: [2, 8, 12]) func rope(_ size: Int) throws {
    let positions: [Int32] = [3, 0, 11]
    func frequency(_ i: Int) -> Double { pow(100, -2 * Double(i) / Double(size)) }
    let table = (0..<12).flatMap { position in
      (0..<size).map { i in
        let angle = Double(position) * frequency(i % (size / 2))
        return Float(i < size / 2 ? cos(angle) : sin(angle))
      }
    }
    let x = TensorToys.normals(3 * 2 * size, seed: 66)
    let dy = TensorToys.normals(x.count, seed: 67)
    let expected = TensorToys.gradient(at: TensorToys.doubles(x)) { x in
      TensorToys.dot(
        Twins.rope(
          x, stride: 2 * size, positions: positions, heads: 2, size: size, frequency: frequency,
          sign: 1), TensorToys.doubles(dy))
    }
    var dx = dy
    prism_rope(&dx, 2 * size, positions, table, 3, 2, size, -1)
    try expectClose(dx, expected, tolerance: 1e-5)
  }

  // dq, dk and dv of short sequences, every grouping; 70 rows cross the kernel's block of queries.
  @Test(arguments: [1, 2, 3, 4], [8, 12]) func attention(_ group: Int, _ size: Int) throws {
    let shape = AttentionTests.Heads(group: group, size: size)
    try compareAttention(shape, [1, 5, 2])
  }

  @Test func attentionOverManyRows() throws {
    try compareAttention(AttentionTests.Heads(group: 3, size: 2), [3, 70])
  }

  private func compareAttention(_ shape: AttentionTests.Heads, _ lengths: [Int]) throws {
    var layout = prism_cache_layout(
      layers: 1, heads: shape.keyValueHeads, head_size: shape.size, precision: Precision.fp32.code)
    let rows = lengths.reduce(0, +)
    let x = TensorToys.normals(rows * shape.stride, seed: 68)
    let width = shape.heads * shape.size
    let dout = TensorToys.normals(rows * width, seed: 69)
    var views: [prism_segment] = []
    var expected: [Float] = []
    var row = 0
    for length in lengths {
      views.append(prism_segment(row: row, rows: length, past: 0, blocks: nil))
      let part = x[row * shape.stride..<(row + length) * shape.stride]
      let slope = TensorToys.doubles(Array(dout[row * width..<(row + length) * width]))
      expected += TensorToys.gradient(at: TensorToys.doubles(Array(part))) { x in
        TensorToys.dot(Self.attention(x, shape), slope)
      }
      row += length
    }
    var out = [Float](repeating: 0, count: rows * width)
    var denominators = [Float](repeating: 0, count: rows * shape.heads)
    prism_attention(
      &layout, 0, x, shape.stride, shape.heads, views, views.count, &out, &denominators)
    var dx = [Float](repeating: .nan, count: x.count)
    prism_attention_backward(
      &layout, x, shape.stride, shape.heads, views, views.count, out, denominators, dout, &dx)
    try expectClose(dx, expected, tolerance: 2e-5)
  }

  private static func attention(_ x: [Double], _ shape: AttentionTests.Heads) -> [Double] {
    let (queries, keys) = (shape.heads * shape.size, shape.keyValueHeads * shape.size)
    func columns(_ start: Int, _ count: Int) -> [Double] {
      stride(from: start, to: x.count, by: shape.stride).flatMap { x[$0..<$0 + count] }
    }
    return Twins.attention(
      query: columns(0, queries), key: columns(queries, keys), value: columns(queries + keys, keys),
      heads: shape.heads, keyValueHeads: shape.keyValueHeads, size: shape.size
    ).out
  }
}
