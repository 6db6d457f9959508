import CKernels
import PrismTensor
import PrismTesting
import Testing

/// An adapter's products, by themselves and along with the frozen weights' product.
@Suite(.enabled(if: TestData.precisions.contains(.bf16))) struct LowRankTests {
  /// y after the adapter's share in some rows.
  private func updated(
    _ y: [Float], _ pair: LowRankPair, _ x: [UInt16], rows: Range<Int>
  ) -> [Float] {
    let low = Buffer<UInt16>(count: rows.count * pair.rank)
    var updates = LowRankUpdates()
    updates.append(pair, rows: rows, low: low.pointer)
    updates.readInputs(x)
    var y = y
    updates.add(to: &y)
    return y
  }

  // Two products through tiles, threads and oneDNN's packing, against the plain loops. What lies between
  // them is rounded to bf16; whole numbers make its sums exact, so that both round the same.
  @Test(arguments: [1, 2, 6, 7, 13, 40, 200])
  func lowRank(rows: Int) throws {
    // Whole matrices, blocks that products can begin at, and blocks they cannot: columns, ranks.
    let shapes = [
      (16, 4, [48]), (50, 48, [100]), (576, 32, [70]), (50, 48, [48, 64, 100]),
      (576, 32, [96, 192]),
      (16, 8, [16, 17]), (50, 18, [64, 80, 96]), (30, 6, [20, 70]),
    ]
    for (k, rank, ends) in shapes {
      let n = ends[ends.count - 1]
      let a = TensorToys.normals(k * rank, seed: 48).map { $0.rounded() }
      var b = TensorToys.normals(rank * n, seed: 51)
      for index in b.indices {
        let block = index / n / (rank / ends.count)
        if !((block == 0 ? 0 : ends[block - 1])..<ends[block]).contains(index % n) { b[index] = 0 }
      }
      let down = try PackedMatrix(a, inputs: k, outputs: rank, transposed: false, format: .bf16)
      let up = try PackedMatrix(b, inputs: rank, outputs: n, transposed: false, format: .bf16)
      guard let pair = LowRankPair(down: down, up: up, ends: ends, scale: 0.5) else { continue }
      let x = TensorToys.normals(rows * k, seed: 49).map { $0.rounded() }
      var narrow = [UInt16](repeating: 0, count: x.count)
      prism_narrow(x, &narrow, x.count)
      let before = TensorToys.normals((rows + 1) * n, seed: 50)
      let y = updated(before, pair, narrow, rows: 0..<rows)
      func rounded(_ values: [Float]) -> [Double] {
        TensorToys.doubles(TensorToys.rounded(values, .bf16))
      }
      let low = TensorToys.floats(Twins.product(rounded(x), rounded(a), inner: k, columns: rank))
      let product = Twins.product(rounded(low), rounded(b), inner: rank, columns: n)
      // The row beyond is somebody else's.
      let expected = before.indices.map {
        $0 < rows * n ? before[$0] + Float(0.5 * product[$0]) : before[$0]
      }
      // Up to 48 terms of size 100: 48 x 100 x 2^-23 = 6e-4.
      try expectClose(y, expected, tolerance: 6e-4, "\(k)x\(rank)x\(ends)")
      let own = (0..<min(rows, 3)).flatMap { row -> ArraySlice<Float> in
        updated(before, pair, narrow, rows: row..<row + 1)[row * n..<(row + 1) * n]
      }
      #expect(own == Array(y[..<own.count]), "rows do not depend on each other")
      #expect(
        LowRankPair(down: down, up: down, ends: [rank], scale: 1) == nil, "the sizes must fit")
    }
  }

  private func pair(_ k: Int, _ n: Int, rank: Int, ends: [Int], seed: UInt64) throws -> LowRankPair?
  {
    var b = TensorToys.normals(rank * n, seed: seed + 1)
    for index in b.indices {
      let block = index / n / (rank / ends.count)
      if !((block == 0 ? 0 : ends[block - 1])..<ends[block]).contains(index % n) { b[index] = 0 }
    }
    return LowRankPair(
      down: try PackedMatrix(
        TensorToys.normals(k * rank, seed: seed), inputs: k, outputs: rank, transposed: false,
        format: .bf16),
      up: try PackedMatrix(b, inputs: rank, outputs: n, transposed: false, format: .bf16),
      ends: ends, scale: 0.25)
  }

  // Few rows, rows in turns, a prompt's and more; in each, rows without an adapter and with two different ones,
  // which begin and end within tiles and blocks.
  @Test(arguments: [WeightFormat.bf16, .int8, .int4], [3, 20, 32, 48, 60, 200])
  func alongWithTheProduct(_ format: WeightFormat, _ rows: Int) throws {
    let (k, n) = (128, 512)
    // Sixteen levels, which 4 bits hold too.
    let levels = TensorToys.normals(k * n, seed: 55).map { min(7, max(-8, ($0 * 3).rounded())) / 8 }
    let matrix = try PackedMatrix(
      levels, inputs: k, outputs: n, transposed: false, format: format)
    guard let first = try pair(k, n, rank: 32, ends: [256, 512], seed: 56),
      let second = try pair(k, n, rank: 12, ends: [512], seed: 58)
    else { return }
    let padded = PackedMatrix.paddedRows(rows)
    let x = Buffer<UInt16>(count: padded * k)
    prism_narrow(TensorToys.normals(padded * k, seed: 60), x.pointer, padded * k)
    let before = TensorToys.normals(padded * n, seed: 61)
    let low = Buffer<UInt16>(count: rows * (first.rank + second.rank))
    var updates = LowRankUpdates()
    let (middle, end) = (rows / 3, rows - rows / 4)
    updates.append(first, rows: middle..<end - 1, low: low.pointer)
    updates.append(second, rows: end..<rows, low: low.pointer + rows * first.rank)
    updates.readInputs(x.pointer)

    for accumulate in [false, true] {
      var apart = before
      try matrix.multiply(x.pointer, rows: rows, into: &apart, accumulate: accumulate)
      let plain = apart
      updates.add(to: &apart)
      let isLeftAlone = plain[..<(middle * n)] == apart[..<(middle * n)]
      let isUpdated = plain != apart
      #expect(isLeftAlone && isUpdated)
      var together = before
      try matrix.multiply(
        x.pointer, rows: rows, into: &together, accumulate: accumulate, updates: updates)
      // Whole arrays would be printed.
      let isSame = together[..<(rows * n)] == apart[..<(rows * n)]
      #expect(isSame, "\(accumulate)")

      guard !accumulate, format != .int4 else { continue }
      var expected = [UInt16](repeating: 0, count: rows * n / 2)
      prism_swiglu(apart, rows, n / 2, nil, &expected)
      var activated = expected.map { _ in UInt16(7) }
      prism_require_row_independence(1)
      let isGated = matrix.multiplyGated(
        x.pointer, rows: rows, into: &activated, updates: updates)
      if prism_has_fast_bf16() != 0 { #expect(isGated == (rows > 48)) }
      if isGated {
        let isGatedSame = activated == expected
        #expect(isGatedSame)
      }
    }
  }
}
