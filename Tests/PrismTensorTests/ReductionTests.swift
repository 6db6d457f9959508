import CKernels
import Foundation
import PrismTensor
import PrismTesting
import Testing

/// Sums over one row against double precision.
@Suite struct ReductionTests {
  static let counts = [1, 2, 3, 15, 16, 17, 64, 272, 1001]

  // The kernel's exp is within 2e-7, so the logarithm of the sum is too.
  @Test(arguments: counts) func logSumExp(_ count: Int) throws {
    let x = TensorToys.normals(count, seed: 10, scale: 5)
    var best: Int32 = -1
    let value = prism_log_sum_exp(x, count, &best)
    try expectClose(
      [value], [Float(Twins.logSumExp(TensorToys.doubles(x)))], tolerance: 4e-6)
    #expect(x[Int(best)] == x.max())
    #expect(prism_log_sum_exp(x, count, nil) == value)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let values: [Float]
    let sum: Float
    let best: Int32
    var testDescription: String { "\(values)" }
  }

  @Test(arguments: [
    // Two equal largest values: the first counts. log(2 e^3 + e^1) = 3 + log(2 + e^-2)
    Row(values: [1, 3, 3], sum: 3.75865, best: 1),
    Row(values: [-.infinity, 0], sum: 0, best: 1),
    // exp(1000) would overflow.
    Row(values: [1000, 1000], sum: 1000.6931, best: 0),
    Row(values: [-1000, -1000, -1000], sum: -998.9014, best: 0),
    Row(values: [0, -300], sum: 0, best: 0),
  ])
  func logSumExpByHand(_ row: Row) throws {
    var best: Int32 = -1
    let sum = prism_log_sum_exp(row.values, row.values.count, &best)
    try expectClose([sum], [row.sum], tolerance: 1e-4)
    #expect(best == row.best)
  }

  @Test(arguments: counts) func expScaled(_ count: Int) throws {
    let x = TensorToys.normals(count, seed: 11, scale: 5)
    let largest = x.max() ?? 0
    let floor: Float = 0.01
    var y = [Float](repeating: -1, count: count)
    let sum = prism_exp_scaled(x, &y, count, largest, 0.7, floor)
    let expected = x.map { value in
      let e = Foundation.exp(Double(value - largest) * 0.7)
      return e < Double(floor) ? 0 : Float(e)
    }
    // Weights are at most 1; the exponent itself is rounded.
    try expectClose(y, expected, tolerance: 2e-6)
    #expect(abs(sum - y.reduce(0) { $0 + Double($1) }) < 1e-9)
    #expect(y.max() == 1)
  }

  @Test(arguments: counts) func dotAndAxpy(_ count: Int) throws {
    let x = TensorToys.normals(count, seed: 12)
    let y = TensorToys.normals(count, seed: 13)
    let narrow = y.map { TensorToys.nearestBF16($0) }
    let wide = narrow.map { TensorToys.wide($0) }
    let dot = Float(TensorToys.dot(TensorToys.doubles(x), TensorToys.doubles(y)))
    let dotNarrow = Float(TensorToys.dot(TensorToys.doubles(x), TensorToys.doubles(wide)))
    // A thousand products of size 1, summed in fp32.
    try expectClose([prism_dot(x, y, count)], [dot], tolerance: 5e-5)
    try expectClose([prism_dot_narrow(x, narrow, count)], [dotNarrow], tolerance: 5e-5)
    var sum = y
    prism_axpy(0.3, x, &sum, count)
    try expectClose(sum, zip(x, y).map { 0.3 * $0 + $1 }, tolerance: 1e-6)
    sum = x
    prism_axpy_narrow(-2, narrow, &sum, count)
    try expectClose(sum, zip(x, wide).map { $0 - 2 * $1 }, tolerance: 1e-6)
  }
}
