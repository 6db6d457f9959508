import CKernels
import PrismTensor
import PrismTesting
import Testing

/// The adapter's bf16 products against sums in double precision over the same rounded numbers, ranks
/// and widths odd enough to leave every tile with a rest. 25 and 301 rows end inside a task's block
/// and, the latter, inside a block of the sums over rows.
@Suite struct TrainingAdapterTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let inputs: Int
    let outputs: [Int]
    let rank: Int
    var testDescription: String { "\(inputs) to \(outputs), rank \(rank)" }
  }

  static let shapes = [
    Shape(inputs: 10, outputs: [6, 14, 2], rank: 3), Shape(inputs: 64, outputs: [48], rank: 16),
    Shape(inputs: 150, outputs: [70, 130], rank: 21), Shape(inputs: 2, outputs: [2], rank: 1),
  ]

  @Test(arguments: shapes, [1, 25, 301])
  func products(_ shape: Shape, _ rows: Int) throws {
    for rate in [0, 0.3] as [Float] { try compare(shape, rows: rows, rate: rate) }
  }

  // Blocks of rows and columns are fixed, so threads only change who computes one.
  @Test(arguments: shapes) func threadsChangeNothing(_ shape: Shape) throws {
    let before = Threads.count
    defer { Threads.use(before) }
    let results = [1, 2, 3].map { count in
      Threads.use(count)
      let toy = AdapterToy(shape, rows: 301, rate: 0.3)
      toy.run()
      return toy.results
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  private func compare(_ shape: Shape, rows: Int, rate: Float) throws {
    let toy = AdapterToy(shape, rows: rows, rate: rate)
    toy.run()
    let (width, outputs) = (toy.width, toy.outputs)
    let factor = 1 / (1 - Double(rate))
    let kept = toy.kept
    // What the products read, as doubles.
    let x = zip(toy.x, kept).map { $1 ? Double($0) * factor : 0 }
    let a = TensorToys.doubles(toy.a)
    let b = TensorToys.doubles(toy.scaledB)
    let dy = TensorToys.doubles(toy.dy)
    // B as one matrix [outputs, width] with zeros between projections.
    var spread = [Double](repeating: 0, count: outputs * width)
    var column = 0
    for (index, count) in shape.outputs.enumerated() {
      for n in column..<column + count {
        for r in 0..<shape.rank { spread[n * width + index * shape.rank + r] = b[n * shape.rank + r] }
      }
      column += count
    }
    let aT = Twins.transposed(a, columns: shape.inputs)
    let low = Twins.product(x, aT, inner: shape.inputs, columns: width)
    // bf16 keeps 8 bits: half a unit in the last place is 2^-9 of the value.
    expectRounded(toy.low, low, "x A^T")
    let dlow = Twins.product(dy, spread, inner: outputs, columns: width)
    expectRounded(toy.dlow, dlow, "dy B")
    // From here on with the kernels' own rounded sums: what is left is fp32 rounding.
    let (roundLow, roundDlow) = (TensorToys.doubles(toy.low), TensorToys.doubles(toy.dlow))
    let up = Twins.product(
      roundLow, Twins.transposed(spread, columns: width), inner: width, columns: outputs)
    try expectClose(toy.y, zip(toy.y0, up).map { $0 + Float($1) }, tolerance: 2e-4, "low B^T")
    let back = Twins.product(roundDlow, a, inner: width, columns: shape.inputs)
    let dx = zip(toy.dx0, zip(back, kept)).map { $1.1 ? $0 + Float($1.0 * factor) : $0 }
    try expectClose(toy.dx, dx, tolerance: 2e-4, "dlow A")
    let da = Twins.product(
      Twins.transposed(roundDlow, columns: width), x, inner: rows, columns: shape.inputs)
    try expectClose(toy.da, zip(toy.da0, da).map { $0 + Float($1) }, tolerance: 2e-3, "dA")
    let db = Twins.product(
      Twins.transposed(dy, columns: outputs), roundLow, inner: rows, columns: width)
    var expected = toy.db0
    column = 0
    for (index, count) in shape.outputs.enumerated() {
      for n in column..<column + count {
        for r in 0..<shape.rank {
          expected[n * shape.rank + r] += Float(
            Double(AdapterToy.scale) * db[n * width + index * shape.rank + r])
        }
      }
      column += count
    }
    try expectClose(toy.db, expected, tolerance: 4e-3, "dB")
  }

  private func expectRounded(_ actual: [Float], _ expected: [Double], _ what: String) {
    #expect(actual.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    for (a, e) in zip(actual, expected) {
      guard abs(Double(a) - e) <= abs(e) / 256 + 1e-5 * largest else {
        Issue.record("\(what): \(a), expected \(e)")
        return
      }
    }
  }
}
