import CKernels
import PrismTensor
import PrismTesting
import Testing

/// The fused stages against the formulas in double precision. Results rounded to bf16 are within 2^-9 of
/// themselves; 2^-8 leaves room for a sum that rounds the other way.
@Suite struct TrainingStageTests {
  static let rows = [1, 24, 53]

  @Test(arguments: rows, [2, 30, 96]) func norm(_ rows: Int, _ columns: Int) throws {
    let x = TensorToys.normals(rows * columns, seed: 1)
    let weight = TensorToys.normals(columns, seed: 2)
    var hidden = x
    var saved = [Float](repeating: .nan, count: x.count)
    var normed = [UInt16](repeating: 0, count: x.count)
    prism_train_norm(rows, columns, &hidden, nil, &saved, weight, 1e-3, &normed, nil)
    #expect(hidden == x && saved == x)
    expectNarrow(
      normed, Twins.rmsNorm(TensorToys.doubles(x), weight: TensorToys.doubles(weight), epsilon: 1e-3))

    // Backwards, by the fp32 kernel that is tested against differences.
    let dy = TensorToys.normals(x.count, seed: 3)
    var expected = TensorToys.normals(x.count, seed: 4)
    var dx = expected
    prism_rms_norm_backward(x, weight, 1e-3, dy, rows, columns, &expected)
    var product = dy
    prism_train_norm_backward(rows, columns, &product, nil, x, weight, 1e-3, &dx, &normed, nil)
    try expectClose(dx, expected, tolerance: 1e-5)
    expectNarrow(normed, TensorToys.doubles(expected))
  }

  @Test(arguments: rows, [2, 30, 96]) func swiglu(_ rows: Int, _ columns: Int) throws {
    let gateUp = TensorToys.normals(rows * 2 * columns, seed: 5, scale: 2)
    var memory = gateUp
    var saved = [UInt16](repeating: 0, count: gateUp.count)
    var activated = [UInt16](repeating: 0, count: rows * columns)
    prism_train_swiglu(rows, columns, &memory, nil, &saved, &activated, nil)
    #expect(saved == gateUp.map(TensorToys.nearestBF16))
    expectNarrow(activated, Twins.swiglu(TensorToys.doubles(gateUp), columns: columns))
    // Back from the saved, rounded values.
    let dh = TensorToys.normals(rows * columns, seed: 6)
    var expected = gateUp
    prism_swiglu_backward(saved.map(TensorToys.wide), dh, rows, columns, &expected)
    var (product, gradient) = (dh, saved)
    prism_train_swiglu_backward(rows, columns, &product, nil, saved, &gradient, nil)
    expectNarrow(gradient, TensorToys.doubles(expected))
  }

  @Test(arguments: rows, [2, 6, 64]) func rotation(_ rows: Int, _ size: Int) throws {
    let (heads, keys) = (4, 2)
    let columns = (heads + 2 * keys) * size
    let positions = (0..<rows).map { Int32($0 * 7 % 19) }
    let table = TensorToys.normals(19 * size, seed: 7)
    let (x, bias) = (TensorToys.normals(rows * columns, seed: 8), TensorToys.normals(columns, seed: 9))
    var expected = x
    prism_add_bias(&expected, bias, rows, columns)
    prism_rope(&expected, columns, positions, table, rows, heads + keys, size, 1)
    var (memory, narrow) = (x, [UInt16](repeating: 0, count: x.count))
    prism_train_qkv(
      rows, columns, &memory, nil, bias, positions, table, heads + keys, size, &narrow)
    expectNarrow(narrow, TensorToys.doubles(expected))

    // Back: two query heads share a key; their parts add up.
    let dq = TensorToys.normals(rows * heads * size, seed: 10)
    let parts = TensorToys.normals(heads * rows * 2 * size, seed: 11)
    for row in 0..<rows {
      for i in 0..<heads * size { expected[row * columns + i] = dq[row * heads * size + i] }
      for key in 0..<keys {
        for i in 0..<size {
          func part(_ head: Int, _ offset: Int) -> Float {
            parts[((2 * key + head) * rows + row) * 2 * size + offset]
          }
          let at = row * columns + (heads + key) * size + i
          expected[at] = part(0, i) + part(1, i)
          expected[at + keys * size] = part(0, size + i) + part(1, size + i)
        }
      }
    }
    prism_rope(&expected, columns, positions, table, rows, heads + keys, size, -1)
    prism_train_qkv_backward(
      rows, heads, keys, size, dq, parts, positions, table, &narrow, nil)
    expectNarrow(narrow, TensorToys.doubles(expected))
  }

  @Test(arguments: [1, 7, 8, 65_536, 200_003]) func optimizer(_ count: Int) throws {
    let gradients = TensorToys.normals(count, seed: 12)
    let sum = gradients.reduce(0) { $0 + Double($1) * Double($1) }
    let before = Threads.count
    defer { Threads.use(before) }
    let runs = [1, 3].map { threads in
      Threads.use(threads)
      var p = TensorToys.normals(count, seed: 13)
      var m = TensorToys.normals(count, seed: 14)
      var v = TensorToys.normals(count, seed: 15).map { $0 * $0 }
      prism_adamw(count, &p, gradients, &m, &v, 0.5, 0.9, 0.01, 0.3, 0.1, 0.99, 0.01, 1e-8)
      return (p, m, v, prism_sum_of_squares(gradients, count))
    }
    #expect(runs[0] == runs[1])
    #expect(abs(runs[0].3 - sum) <= 1e-12 * sum)
    let p = TensorToys.normals(count, seed: 13)
    let m = TensorToys.normals(count, seed: 14)
    let v = TensorToys.normals(count, seed: 15).map { $0 * $0 }
    let expected = (0..<count).map { i -> Float in
      let g = Double(gradients[i]) * 0.5
      let mean = Double(m[i]) + 0.1 * (g - Double(m[i]))
      let square = Double(v[i]) * 0.99 + 0.01 * g * g
      return Float(Double(p[i]) * 0.9 - 0.01 * mean / (square.squareRoot() / 0.3 + 1e-8))
    }
    try expectClose(runs[0].0, expected, tolerance: 2e-5)
  }

  private func expectNarrow(_ actual: [UInt16], _ expected: [Double]) {
    #expect(actual.count == expected.count)
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      guard abs(Double(TensorToys.wide(a)) - e) <= abs(e) / 256 + 1e-5 else {
        Issue.record("[\(index)]: \(TensorToys.wide(a)), expected \(e)")
        return
      }
    }
  }
}
