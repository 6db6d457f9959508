import PrismTensor

/// How fast this machine multiplies matrices at best: one product that stays in the caches.
final class ProductCeiling {
  private static let rows = 1024
  private static let size = 1024
  private let matrix: PackedMatrix
  private let input: Buffer<UInt8>
  private let output: Buffer<Float>

  /// Throws `TensorError` where the processor or oneDNN lacks the precision.
  init(_ precision: Precision) throws(TensorError) {
    var random = SeededGenerator(seed: 0, 0xCE11)
    let values = (0..<Self.size * Self.size).map { _ in random.uniform() - 0.5 }
    matrix = try PackedMatrix(
      values, inputs: Self.size, outputs: Self.size, transposed: false, precision: precision)
    // Zeros: their products take as long as any others.
    input = Buffer(count: Self.rows * Self.size * precision.bytes)
    output = Buffer(count: Self.rows * Self.size)
  }

  /// 1e9 operations a second over about `duration` seconds.
  func gflops(duration: Double = 0.06) throws -> Double {
    var time = 0.0
    var count = 0
    while time < duration {
      time += try seconds {
        try matrix.multiply(input.pointer, rows: Self.rows, into: output.pointer)
      }
      count += 1
    }
    return 2 * Double(Self.rows * Self.size * Self.size) * Double(count) / time / 1e9
  }
}
