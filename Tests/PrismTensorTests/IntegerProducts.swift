import CKernels
import PrismTensor

/// What products with 8-bit inputs read, in double precision, and how they are run.
enum IntegerProducts {
  /// What 8 bits hold of values that lie `step` apart: whole multiples of a 127th of the largest of
  /// each group.
  private static func round(
    _ values: inout [Double], from start: Int, step: Int, count: Int, group: Int
  ) {
    for first in stride(from: 0, to: count, by: group) {
      let places = (first..<min(first + group, count)).map { start + $0 * step }
      let largest = Float(places.map { abs(values[$0]) }.max() ?? 0)
      guard largest > 0 else { continue }
      for place in places {
        let steps = (Float(values[place]) * (127 / largest)).rounded(.toNearestOrEven)
        values[place] = Double(steps) * Double(largest) / 127
      }
    }
  }

  static func rounded(weights: [Float], k: Int, n: Int) -> [Double] {
    var result = TensorToys.doubles(weights)
    for column in 0..<n { round(&result, from: column, step: n, count: k, group: 128) }
    return result
  }

  /// The inputs reach the product as bf16.
  static func rounded(inputs: [Float], k: Int, group: Int) -> [Double] {
    var result = TensorToys.doubles(TensorToys.rounded(inputs, .bf16))
    for row in 0..<(inputs.count / k) {
      round(&result, from: row * k, step: 1, count: k, group: group)
    }
    return result
  }

  static func run(
    _ matrix: PackedMatrix, _ x: [Float], rows: Int, start: [Float], accumulate: Bool
  ) throws -> [Float] {
    var narrow = [UInt16](repeating: 0, count: x.count)
    prism_narrow(x, &narrow, x.count)
    var y = start
    try matrix.multiply(narrow, rows: rows, into: &y, accumulate: accumulate)
    return y
  }
}
