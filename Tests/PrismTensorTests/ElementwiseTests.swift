import CKernels
import Foundation
import PrismTensor
import PrismTesting
import Testing

/// Norm, activation, rotation and bias against double precision. fp32 sums of a few hundred terms
/// of size 1 are off by about 1e-6; the tolerance is ten times that. Odd widths leave remainders
/// behind every vector length.
@Suite struct ElementwiseTests {
  static let widths = [1, 2, 7, 16, 33, 64, 129, 576]

  @Test(arguments: widths) func rmsNorm(_ columns: Int) throws {
    let x = TensorToys.normals(5 * columns, seed: 1, scale: 3)
    let weight = TensorToys.normals(columns, seed: 2)
    let expected = Twins.rmsNorm(
      TensorToys.doubles(x), weight: TensorToys.doubles(weight), epsilon: 1e-5)
    var wide = [Float](repeating: 0, count: x.count)
    var narrow = [UInt16](repeating: 0, count: x.count)
    prism_rms_norm(x, weight, 1e-5, 5, columns, &wide, &narrow)
    try expectClose(wide, TensorToys.floats(expected), tolerance: 1e-5)
    // bf16 output is off by at most half a step, 2^-9 of its size, from the wide one.
    for (a, b) in zip(narrow, wide) {
      #expect(abs(TensorToys.wide(a) - b) <= abs(b) * 0x1p-8)
    }
    var alone = [UInt16](repeating: 0, count: x.count)
    prism_rms_norm(x, weight, 1e-5, 5, columns, nil, &alone)
    #expect(alone == narrow)
  }

  // All zeros must not divide by zero: epsilon decides.
  @Test func rmsNormOfZeros() {
    var y: [Float] = [9, 9, 9]
    prism_rms_norm([0, 0, 0], [1, 2, 3], 1e-6, 1, 3, &y, nil)
    #expect(y == [0, 0, 0])
  }

  @Test(arguments: widths) func swiglu(_ columns: Int) throws {
    let x = TensorToys.normals(6 * columns, seed: 3, scale: 4)
    let expected = TensorToys.floats(Twins.swiglu(TensorToys.doubles(x), columns: columns))
    var wide = [Float](repeating: 0, count: 3 * columns)
    var narrow = [UInt16](repeating: 0, count: 3 * columns)
    prism_swiglu(x, 3, columns, &wide, &narrow)
    try expectClose(wide, expected, tolerance: 2e-5)
    for (a, b) in zip(narrow, wide) { #expect(abs(TensorToys.wide(a) - b) <= abs(b) * 0x1p-8) }
  }

  // silu(-100) is 0 and silu(100) is 100; exp must not overflow on the way.
  @Test func swigluFarOut() throws {
    var y = [Float](repeating: 0, count: 4)
    prism_swiglu([-100, 100, 0, -200, 1, 1, 1, 1], 1, 4, &y, nil)
    try expectClose(y, [0, 100, 0, 0], tolerance: 1e-6)
  }

  @Test(arguments: [2, 8, 12, 16, 64, 128]) func rope(_ size: Int) throws {
    let (heads, rowStride) = (3, 3 * size + 5)
    let positions: [Int32] = [0, 7, 1, 300]
    func frequency(_ i: Int) -> Double { pow(10_000, -2 * Double(i) / Double(size)) }
    // [position, cosines then sines]
    let table = (0..<301).flatMap { position in
      (0..<size).map { i in
        let angle = Double(position) * frequency(i % (size / 2))
        return Float(i < size / 2 ? cos(angle) : sin(angle))
      }
    }
    let x = TensorToys.normals(positions.count * rowStride, seed: 4)
    for sign in [1.0, -1.0] {
      let expected = Twins.rope(
        TensorToys.doubles(x), stride: rowStride, positions: positions, heads: heads, size: size,
        frequency: frequency, sign: sign)
      var y = x
      prism_rope(&y, rowStride, positions, table, positions.count, heads, size, Float(sign))
      try expectClose(y, TensorToys.floats(expected), tolerance: 2e-6, "sign \(sign)")
    }
    var there = x
    prism_rope(&there, rowStride, positions, table, positions.count, heads, size, 1)
    prism_rope(&there, rowStride, positions, table, positions.count, heads, size, -1)
    try expectClose(there, x, tolerance: 2e-6, "there and back")
  }

  @Test(arguments: widths) func bias(_ columns: Int) {
    let x = TensorToys.normals(3 * columns, seed: 5)
    let bias = TensorToys.normals(columns, seed: 6)
    var y = x
    prism_add_bias(&y, bias, 3, columns)
    // One rounded addition: exact equality.
    #expect(y == x.indices.map { x[$0] + bias[$0 % columns] })
  }
}
