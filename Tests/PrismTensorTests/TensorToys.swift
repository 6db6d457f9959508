import CKernels
import PrismTensor

/// Seeded inputs, and bf16 the slow way.
enum TensorToys {
  static func normals(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var random = SeededGenerator(seed: seed, UInt64(count))
    return (0..<count).map { _ in scale * random.normal() }
  }

  /// The nearest bf16, ties to the even one, found by comparing distances in double precision.
  static func nearestBF16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    if value.isInfinite { return UInt16(bits >> 16) }
    let low = UInt16(bits >> 16)
    let high = low + 1
    // The step past the largest finite bf16 leads to 2^128, which is written as infinity.
    func size(_ pattern: UInt16) -> Double {
      let float = Float(bitPattern: UInt32(pattern) << 16)
      return float.isInfinite ? 0x1p128 : Double(float.magnitude)
    }
    let below = Double(value.magnitude) - size(low)
    let above = size(high) - Double(value.magnitude)
    if below != above { return below < above ? low : high }
    return low % 2 == 0 ? low : high
  }

  static func wide(_ value: UInt16) -> Float { Float(bitPattern: UInt32(value) << 16) }

  /// What is left of values that have been through bf16.
  static func rounded(_ values: [Float], _ precision: Precision) -> [Float] {
    precision == .fp32 ? values : values.map { wide(nearestBF16($0)) }
  }

  static func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }

  static func floats(_ values: [Double]) -> [Float] { values.map { Float($0) } }

  /// Gradient of `loss` at `x` by central differences in double precision: error near 1e-9 for
  /// the smooth functions tested here.
  static func gradient(at x: [Double], of loss: ([Double]) -> Double) -> [Float] {
    let step = 1e-5
    var point = x
    return x.indices.map { index in
      point[index] = x[index] + step
      let above = loss(point)
      point[index] = x[index] - step
      let below = loss(point)
      point[index] = x[index]
      return Float((above - below) / (2 * step))
    }
  }

  static func dot(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
