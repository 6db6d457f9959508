import CKernels
import PrismTensor
import PrismTesting
import Testing

/// Products of 8-bit weights and inputs against double-precision loops over the rounded numbers.
@Suite struct Int8Tests {
  /// Columns that end inside a panel, inputs that end inside a group or a quad, several groups, more
  /// panels than threads.
  static let shapes: [(k: Int, n: Int)] = [
    (1, 1), (7, 65), (128, 64), (130, 100), (576, 96), (301, 33), (40, 421),
  ]

  // Sums within a group are exact; up to five groups are then added in single precision, at about 40
  // each: 5 x 40 x 2^-23 = 2.4e-5, and the scales' own rounding as much again.
  @Test(arguments: shapes) func everyRowCount(_ shape: (k: Int, n: Int)) throws {
    let (k, n) = shape
    let w = TensorToys.normals(k * n, seed: 60)
    let plain = try PackedMatrix(w, inputs: k, outputs: n, transposed: false, format: .int8)
    let turned = try PackedMatrix(
      Twins.transposed(w, columns: n), inputs: k, outputs: n, transposed: true, format: .int8)
    let tolerance: Float = 1e-4
    for rows in [1, 2, 5, 6, 7, 20, 25, 48, 49, 103] {
      let x = TensorToys.normals(rows * k, seed: 61)
      let before = TensorToys.normals(rows * n, seed: 62)
      let expected = TensorToys.floats(
        Twins.product(
          IntegerProducts.rounded(inputs: x, k: k, group: 128),
          IntegerProducts.rounded(weights: w, k: k, n: n), inner: k, columns: n))
      let y = try IntegerProducts.run(plain, x, rows: rows, start: before, accumulate: false)
      try expectClose(y, expected, tolerance: tolerance, "\(rows) rows")
      let sum = try IntegerProducts.run(turned, x, rows: rows, start: before, accumulate: true)
      try expectClose(
        sum, zip(before, expected).map { $0 + $1 }, tolerance: tolerance,
        "\(rows) rows, accumulated")
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() throws {
    let (k, n) = (576, 200)
    let matrix = try PackedMatrix(
      TensorToys.normals(k * n, seed: 63), inputs: k, outputs: n, transposed: false, format: .int8)
    let x = TensorToys.normals(90 * k, seed: 64)
    let whole = try IntegerProducts.run(
      matrix, x, rows: 90, start: [Float](repeating: 0, count: 90 * n), accumulate: false)
    for rows in [1, 2, 7, 32, 65] {
      let part = try IntegerProducts.run(
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
    let y = try IntegerProducts.run(
      matrix, [1, .nan, -.infinity, 0], rows: 1, start: [0, 0], accumulate: false)
    #expect(y.count == 2)
  }
}
