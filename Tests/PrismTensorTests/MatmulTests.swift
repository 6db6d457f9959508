import CKernels
import PrismTensor
import PrismTesting
import Testing

/// Products against triple loops in double precision.
@Suite struct MatmulTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let inputs: Int
    let outputs: Int
    var testDescription: String { "\(inputs)x\(outputs)" }
  }

  static let shapes = [
    Shape(inputs: 1, outputs: 1), Shape(inputs: 7, outputs: 5), Shape(inputs: 33, outputs: 17),
    Shape(inputs: 64, outputs: 96), Shape(inputs: 130, outputs: 31),
    Shape(inputs: 40, outputs: 421),
  ]

  /// x W for `rows` rows; `start` is what y holds before, added to where `accumulate`.
  private func product(
    _ matrix: PackedMatrix, _ x: [Float], rows: Int, start: [Float], accumulate: Bool
  ) throws -> [Float] {
    let padded = PackedMatrix.paddedRows(rows)
    let y = Buffer<Float>(count: padded * matrix.outputs)
    y.pointer.update(from: start, count: rows * matrix.outputs)
    let wide = Buffer<Float>(count: padded * matrix.inputs)
    let narrow = Buffer<UInt16>(count: padded * matrix.inputs)
    // Rows past the last may hold anything.
    wide.pointer.update(repeating: .nan, count: padded * matrix.inputs)
    narrow.pointer.update(repeating: 0xFFFF, count: padded * matrix.inputs)
    wide.pointer.update(from: x, count: rows * matrix.inputs)
    prism_narrow(x, narrow.pointer, rows * matrix.inputs)
    let input =
      matrix.precision == .bf16
      ? UnsafeRawPointer(narrow.pointer) : UnsafeRawPointer(wide.pointer)
    try matrix.multiply(input, rows: rows, into: y.pointer, accumulate: accumulate)
    return Array(UnsafeBufferPointer(start: y.pointer, count: rows * matrix.outputs))
  }

  // Inputs are rounded to the precision first, products and sums are fp32 in both: at most 130 terms
  // of size 1 leave errors near 1e-5.
  @Test(arguments: shapes, TestData.precisions)
  func everyRowCount(_ shape: Shape, _ precision: Precision) throws {
    let (k, n) = (shape.inputs, shape.outputs)
    let x = TensorToys.normals(70 * k, seed: 40)
    let w = TensorToys.normals(k * n, seed: 41)
    let before = TensorToys.normals(70 * n, seed: 42)
    let expected = TensorToys.floats(
      Twins.product(
        TensorToys.doubles(TensorToys.rounded(x, precision)),
        TensorToys.doubles(TensorToys.rounded(w, precision)), inner: k, columns: n))
    let plain = try PackedMatrix(w, inputs: k, outputs: n, transposed: false, precision: precision)
    let turned = try PackedMatrix(
      Twins.transposed(w, columns: n), inputs: k, outputs: n, transposed: true,
      precision: precision)
    #expect(plain.byteCount >= k * n * precision.bytes)
    for rows in 1...70 {
      let start = Array(before[..<(rows * n)])
      let y = try product(
        plain, Array(x[..<(rows * k)]), rows: rows, start: start, accumulate: false)
      try expectClose(y, expected[..<(rows * n)], tolerance: 5e-5, "\(rows) rows")
      let sum = try product(
        turned, Array(x[..<(rows * k)]), rows: rows, start: start, accumulate: true)
      try expectClose(
        sum, zip(start, expected).map { $0 + $1 }, tolerance: 5e-5, "\(rows) rows, accumulated")
    }
  }

  // What lets a sequence give the same tokens in any batch. Our kernel promises it for bf16; oneDNN does
  // not, but its fp32 kernels do here up to a few hundred rows.
  @Test(
    arguments: [Shape(inputs: 576, outputs: 192), Shape(inputs: 1536, outputs: 576)],
    TestData.precisions)
  func rowsDoNotDependOnTheBatch(_ shape: Shape, _ precision: Precision) throws {
    prism_require_row_independence(1)
    let most = precision == .bf16 ? 601 : 200
    let x = TensorToys.normals(most * shape.inputs, seed: 43)
    let w = TensorToys.normals(shape.inputs * shape.outputs, seed: 44)
    let matrix = try PackedMatrix(
      w, inputs: shape.inputs, outputs: shape.outputs, transposed: false, precision: precision)
    func run(_ rows: Int) throws -> [Float] {
      try product(
        matrix, Array(x[..<(rows * shape.inputs)]), rows: rows,
        start: [Float](repeating: 0, count: rows * shape.outputs), accumulate: false)
    }
    let whole = try run(most)
    for rows in [1, 2, 3, 5, 8, 16, 31, 32, 33, 64, 65, 70, 127, 200, 255, 512] where rows <= most {
      #expect(try run(rows) == Array(whole[..<(rows * shape.outputs)]), "\(rows) rows")
    }
  }

  // The instruction for pairs of bf16 and two of fp32 add the same products in the same order.
  @Test(.enabled(if: prism_has_fast_bf16() != 0), arguments: shapes)
  func bothKindsOfSums(_ shape: Shape) throws {
    defer { prism_choose_sums(PRISM_SUMS_MEASURED) }
    let (k, n) = (shape.inputs, shape.outputs)
    let x = TensorToys.normals(70 * k, seed: 46)
    let matrix = try PackedMatrix(
      TensorToys.normals(k * n, seed: 47), inputs: k, outputs: n, transposed: false,
      precision: .bf16)
    let start = TensorToys.normals(70 * n, seed: 45)
    for rows in [1, 2, 3, 4, 5, 6, 7, 13, 30, 70] {
      let sums = try [PRISM_SUMS_BY_PAIRS, PRISM_SUMS_IN_FP32].map { kind in
        prism_choose_sums(kind)
        return try product(
          matrix, Array(x[..<(rows * k)]), rows: rows, start: Array(start[..<(rows * n)]),
          accumulate: rows % 2 == 0)
      }
      #expect(sums[0] == sums[1], "\(rows) rows")
    }
  }

  // 48 rows wait together in the cache; more than that, and columns of one, two and three panels, are pieces.
  @Test(
    .enabled(if: prism_has_fast_bf16() != 0), arguments: [WeightFormat.bf16, .int8], [49, 97, 130])
  func gateAndUpTogether(_ format: WeightFormat, _ rows: Int) throws {
    for (k, half) in [(34, 64), (130, 128), (576, 192)] {
      let matrix = try PackedMatrix(
        TensorToys.normals(k * 2 * half, seed: 52), inputs: k, outputs: 2 * half, transposed: false,
        format: format)
      let padded = PackedMatrix.paddedRows(rows)
      let x = Buffer<UInt16>(count: padded * k)
      prism_narrow(TensorToys.normals(padded * k, seed: 53), x.pointer, padded * k)
      let y = Buffer<Float>(count: padded * 2 * half)
      try matrix.multiply(x.pointer, rows: rows, into: y.pointer)
      var expected = [UInt16](repeating: 0, count: rows * half)
      prism_swiglu(y.pointer, rows, half, nil, &expected)
      // Past the last row is somebody else's.
      var activated = [UInt16](repeating: 7, count: (rows + 1) * half)
      prism_require_row_independence(1)
      #expect(matrix.multiplyGated(x.pointer, rows: rows, into: &activated))
      #expect(Array(activated[..<(rows * half)]) == expected, "\(k) to \(half)")
      #expect(activated[(rows * half)...].allSatisfy { $0 == 7 })
      #expect(!matrix.multiplyGated(x.pointer, rows: 48, into: &activated), "too few rows")
    }
    let odd = try PackedMatrix(
      TensorToys.normals(34 * 96, seed: 54), inputs: 34, outputs: 96, transposed: false,
      format: format)
    var none: [UInt16] = [7]
    #expect(!odd.multiplyGated([UInt16](repeating: 0, count: 64 * 34), rows: 64, into: &none))
    #expect(none == [7], "halves that end within a panel")
  }

  // Views into wider memory, both transposes, alpha and beta.
  @Test(arguments: [false, true], [false, true])
  func views(_ turnA: Bool, _ turnB: Bool) throws {
    let (rows, columns, inner) = (9, 7, 13)
    let a = TensorToys.normals(rows * inner, seed: 45)
    let b = TensorToys.normals(inner * columns, seed: 46)
    let c = TensorToys.normals(rows * (columns + 3), seed: 47)
    let product = Twins.product(
      TensorToys.doubles(a), TensorToys.doubles(b), inner: inner, columns: columns)
    let storedA = turnA ? Twins.transposed(a, columns: inner) : a
    let storedB = turnB ? Twins.transposed(b, columns: columns) : b
    var actual = c
    try storedA.withUnsafeBufferPointer { a in
      try storedB.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return }
        try multiply(
          MatrixView(a, stride: turnA ? rows : inner, transposed: turnA),
          MatrixView(b, stride: turnB ? inner : columns, transposed: turnB), rows: rows,
          columns: columns, inner: inner, alpha: 0.5, beta: 2, into: &actual, stride: columns + 3)
      }
    }
    let expected = c.indices.map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns + 3)
      // The columns beyond the view are somebody else's.
      return column < columns
        ? Float(0.5 * product[row * columns + column]) + 2 * c[index] : c[index]
    }
    try expectClose(actual, expected, tolerance: 1e-5)
  }
}
