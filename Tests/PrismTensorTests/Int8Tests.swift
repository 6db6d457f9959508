import CKernels
import PrismTensor
import PrismTesting
import Testing

/// Products of 8-bit weights and inputs against double-precision loops over the rounded numbers.
@Suite struct Int8Tests {
  /// Columns that end inside a panel, inputs that end inside a group or a quad, several groups.
  static let shapes: [(k: Int, n: Int)] = [(1, 1), (7, 65), (128, 64), (130, 100), (576, 96), (301, 33)]

  /// What 8 bits hold of values that lie `step` apart: whole multiples of a 127th of the largest of
  /// each group of 128.
  private static func round(_ values: inout [Double], from start: Int, step: Int, count: Int) {
    for group in stride(from: 0, to: count, by: 128) {
      let places = (group..<min(group + 128, count)).map { start + $0 * step }
      let largest = Float(places.map { abs(values[$0]) }.max() ?? 0)
      guard largest > 0 else { continue }
      for place in places {
        let steps = (Float(values[place]) * (127 / largest)).rounded(.toNearestOrEven)
        values[place] = Double(steps) * Double(largest) / 127
      }
    }
  }

  private static func rounded(weights: [Float], k: Int, n: Int) -> [Double] {
    var result = TensorToys.doubles(weights)
    for column in 0..<n { round(&result, from: column, step: n, count: k) }
    return result
  }

  /// The inputs reach the product as bf16.
  private static func rounded(inputs: [Float], k: Int) -> [Double] {
    var result = TensorToys.doubles(TensorToys.rounded(inputs, .bf16))
    for row in 0..<(inputs.count / k) { round(&result, from: row * k, step: 1, count: k) }
    return result
  }

  private func run(
    _ matrix: PackedMatrix, _ x: [Float], rows: Int, start: [Float], accumulate: Bool
  ) throws -> [Float] {
    var narrow = [UInt16](repeating: 0, count: x.count)
    prism_narrow(x, &narrow, x.count)
    var y = start
    try matrix.multiply(narrow, rows: rows, into: &y, accumulate: accumulate)
    return y
  }

  // Sums within a group are exact; up to five groups are then added in single precision, at about 40
  // each: 5 x 40 x 2^-23 = 2.4e-5, and the scales' own rounding as much again.
  @Test(arguments: shapes) func everyRowCount(_ shape: (k: Int, n: Int)) throws {
    let (k, n) = shape
    let w = TensorToys.normals(k * n, seed: 60)
    let plain = try PackedMatrix(w, inputs: k, outputs: n, transposed: false, format: .int8)
    let turned = try PackedMatrix(
      Twins.transposed(w, columns: n), inputs: k, outputs: n, transposed: true, format: .int8)
    let tolerance: Float = 1e-4
    for rows in [1, 2, 5, 6, 7, 20] {
      let x = TensorToys.normals(rows * k, seed: 61)
      let before = TensorToys.normals(rows * n, seed: 62)
      let expected = TensorToys.floats(
        Twins.product(
          Self.rounded(inputs: x, k: k), Self.rounded(weights: w, k: k, n: n), inner: k, columns: n))
      let y = try run(plain, x, rows: rows, start: before, accumulate: false)
      try expectClose(y, expected, tolerance: tolerance, "\(rows) rows")
      let sum = try run(turned, x, rows: rows, start: before, accumulate: true)
      try expectClose(
        sum, zip(before, expected).map { $0 + $1 }, tolerance: tolerance, "\(rows) rows, accumulated")
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() throws {
    let (k, n) = (576, 200)
    let matrix = try PackedMatrix(
      TensorToys.normals(k * n, seed: 63), inputs: k, outputs: n, transposed: false, format: .int8)
    let x = TensorToys.normals(90 * k, seed: 64)
    let whole = try run(matrix, x, rows: 90, start: [Float](repeating: 0, count: 90 * n), accumulate: false)
    for rows in [1, 2, 7, 32, 65] {
      let part = try run(
        matrix, Array(x[..<(rows * k)]), rows: rows, start: [Float](repeating: 0, count: rows * n),
        accumulate: false)
      #expect(part == Array(whole[..<(rows * n)]), "\(rows) rows")
    }
  }

  @Test func itIsHalfOfBF16() throws {
    let w = TensorToys.normals(576 * 192, seed: 65)
    let eight = try PackedMatrix(w, inputs: 576, outputs: 192, transposed: false, format: .int8)
    // 5 groups of up to 128 inputs with a scale of 4 bytes each.
    #expect(eight.byteCount == 576 * 192 + 5 * 192 * 4)
  }

  // Zero, infinite and undefined weights must not reach an integer conversion unchecked.
  @Test func hostileValues() throws {
    let w: [Float] = [0, .infinity, -.infinity, .nan, 0, 1e38, -1e38, 1e-38]
    let matrix = try PackedMatrix(w, inputs: 4, outputs: 2, transposed: false, format: .int8)
    let y = try run(matrix, [1, .nan, -.infinity, 0], rows: 1, start: [0, 0], accumulate: false)
    #expect(y.count == 2)
  }
}
