/// SplitMix64 (Steele et al., OOPSLA 2014), seeded as the package's `SeededGenerator` is.
package struct ResamplingGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
  }

  @inline(__always)
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// In `0..<count`, one draw each. The high word of a product favours no index by more than
  /// `count` in 2^64, so no draw needs to be rejected. `count` must not be 0.
  @inline(__always)
  package mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
