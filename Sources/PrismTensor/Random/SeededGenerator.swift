#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// SplitMix64: small, fast, and the same bits on every platform (Steele et al., OOPSLA 2014).
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  @usableFromInline var state: UInt64

  public init(seed: UInt64) {
    state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
  }

  /// An independent stream per path, such as (seed, stage, item), so that neither order nor resuming
  /// changes what an item draws.
  public init(seed: UInt64, _ path: UInt64...) {
    self.init(seed: seed)
    for part in path { state = Self.mixed(state ^ Self.mixed(part &+ 0xD1B5_4A32_D192_ED03)) }
  }

  // Inlined into other modules: the bootstrap draws a hundred million numbers in a loop.
  @inlinable
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// In `0..<count`, one draw each. The high word of a product favours no index by more than
  /// `count` in 2^64, so no draw needs to be rejected. `count` must not be 0.
  @inlinable
  package mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  /// Uniform in [0, 1), 24 bits.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// Standard normal (Box-Muller).
  public mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(next() >> 11) * 0x1p-53)).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(next() >> 11) * 0x1p-53))
  }

  @inlinable
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
