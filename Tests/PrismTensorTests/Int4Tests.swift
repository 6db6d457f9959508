import PrismTensor
import PrismTesting
import Testing

/// Weights of 4 bits are taken over as they are; the products read 8-bit inputs in groups of 32.
@Suite struct Int4Tests {
  /// Columns that end inside a panel or a vector, one and several groups.
  static let shapes: [(k: Int, n: Int)] = [(32, 1), (64, 33), (96, 64), (576, 100), (1536, 17)]

  /// The levels a group uses: both ends, as Q4_1 makes them; not the upper end, as with Q4_0; every
  /// other one; the lowest alone.
  enum Levels: CaseIterable {
    case all, withoutTop, even, lowest

    func level(_ random: inout SeededGenerator, place: Int) -> Int {
      let drawn = Int(random.next() % 16)
      switch self {
      case .all: return place == 0 ? 0 : place == 1 ? 15 : drawn
      case .withoutTop: return place == 0 ? 0 : min(drawn, 12)
      case .even: return drawn / 2 * 2
      case .lowest: return 0
      }
    }
  }

  /// `[k, n]`: scale * level + minimum, both in half precision, as the file formats have them.
  private static func weights(k: Int, n: Int, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    var values = [Float](repeating: 0, count: k * n)
    for column in 0..<n {
      for first in stride(from: 0, to: k, by: 32) {
        let levels = Levels.allCases[Int(random.next() % 4)]
        let scale = Float(Float16(0.01 + 0.1 * random.uniform()))
        let minimum =
          levels == .withoutTop ? -8 * scale : Float(Float16(random.normal() * 0.3))
        for place in 0..<32 {
          values[(first + place) * n + column] =
            scale * Float(levels.level(&random, place: place)) + minimum
        }
      }
    }
    return values
  }

  // Integer sums are exact and the weights too, but for the one rounding of scale * level + minimum; up
  // to 48 groups of up to about 5 are added in single precision: 48 x 5 x 2^-23 = 3e-5, twice over.
  @Test(arguments: shapes) func everyRowCount(_ shape: (k: Int, n: Int)) throws {
    let (k, n) = shape
    let w = Self.weights(k: k, n: n, seed: 70)
    let plain = try PackedMatrix(w, inputs: k, outputs: n, transposed: false, format: .int4)
    let turned = try PackedMatrix(
      Twins.transposed(w, columns: n), inputs: k, outputs: n, transposed: true, format: .int4)
    for rows in [1, 2, 5, 6, 7, 20] {
      let x = TensorToys.normals(rows * k, seed: 71)
      let before = TensorToys.normals(rows * n, seed: 72)
      let expected = TensorToys.floats(
        Twins.product(
          IntegerProducts.rounded(inputs: x, k: k, group: 32), TensorToys.doubles(w), inner: k,
          columns: n))
      let y = try IntegerProducts.run(plain, x, rows: rows, start: before, accumulate: false)
      try expectClose(y, expected, tolerance: 1e-4, "\(rows) rows")
      let sum = try IntegerProducts.run(turned, x, rows: rows, start: before, accumulate: true)
      try expectClose(
        sum, zip(before, expected).map { $0 + $1 }, tolerance: 1e-4, "\(rows) rows, accumulated")
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() throws {
    let (k, n) = (576, 200)
    let matrix = try PackedMatrix(
      Self.weights(k: k, n: n, seed: 73), inputs: k, outputs: n, transposed: false, format: .int4)
    let x = TensorToys.normals(90 * k, seed: 74)
    let zeros = [Float](repeating: 0, count: 90 * n)
    let whole = try IntegerProducts.run(matrix, x, rows: 90, start: zeros, accumulate: false)
    for rows in [1, 2, 7, 32, 65] {
      let part = try IntegerProducts.run(
        matrix, Array(x[..<(rows * k)]), rows: rows, start: Array(zeros[..<(rows * n)]),
        accumulate: false)
      #expect(part == Array(whole[..<(rows * n)]), "\(rows) rows")
    }
  }

  @Test func whatHasFourBitsTakesFive() throws {
    let w = Self.weights(k: 576, n: 192, seed: 75)
    let four = try PackedMatrix(w, inputs: 576, outputs: 192, transposed: false, format: .int4)
    // 16 bytes of levels, 2 of scale and 2 of minimum for each 32 weights.
    #expect(four.byteCount == 576 * 192 / 32 * 20)
  }

  enum Unfit: CaseIterable {
    case normal, notWholeGroups, notANumber, infinite

    var inputs: Int { self == .normal ? 576 : self == .notWholeGroups ? 48 : 32 }

    var weights: [Float] {
      let count = inputs * 64
      switch self {
      case .normal, .notWholeGroups: return TensorToys.normals(count, seed: 76)
      case .notANumber: return [Float](repeating: .nan, count: count)
      case .infinite:
        return (0..<count).map { $0 % 3 == 0 ? .infinity : -.greatestFiniteMagnitude }
      }
    }
  }

  @Test(arguments: Unfit.allCases) func theOthersTakeEight(_ unfit: Unfit) throws {
    let (w, k) = (unfit.weights, unfit.inputs)
    let four = try PackedMatrix(w, inputs: k, outputs: 64, transposed: false, format: .int4)
    let eight = try PackedMatrix(w, inputs: k, outputs: 64, transposed: false, format: .int8)
    #expect(four.byteCount == eight.byteCount)
    let x = TensorToys.normals(k, seed: 78)
    let zeros = [Float](repeating: 0, count: 64)
    let a = try IntegerProducts.run(four, x, rows: 1, start: zeros, accumulate: false)
    let b = try IntegerProducts.run(eight, x, rows: 1, start: zeros, accumulate: false)
    #expect(a.map(\.bitPattern) == b.map(\.bitPattern))
  }
}
