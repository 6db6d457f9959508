import PrismTensor

/// How fast all threads together read memory that no cache holds.
final class ReadCeiling {
  /// Far more than a last-level cache; resident from the start, so that it can be told apart from what
  /// the model needs.
  static let byteCount = 512 << 20
  private static let chunkBytes = 1 << 20
  private let buffer = Buffer<UInt64>(count: byteCount / 8)
  private let sums = Buffer<UInt64>(count: byteCount / chunkBytes)

  /// 1e9 bytes a second over about `duration` seconds.
  func gbps(duration: Double = 0.06) -> Double {
    var time = 0.0
    var count = 0
    while time < duration {
      time += seconds { readOnce() }
      count += 1
    }
    return Double(Self.byteCount) * Double(count) / time / 1e9
  }

  private func readOnce() {
    let (buffer, sums) = (buffer.pointer, sums.pointer)
    let words = Self.chunkBytes / 8
    parallel(Self.byteCount / Self.chunkBytes) { chunk in
      let vectors = UnsafeRawPointer(buffer + chunk * words)
        .assumingMemoryBound(to: SIMD8<UInt64>.self)
      // Four sums: one alone would wait for itself.
      var (a, b, c, d) = (
        SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero
      )
      for index in stride(from: 0, to: words / 8, by: 4) {
        a &+= vectors[index]
        b &+= vectors[index + 1]
        c &+= vectors[index + 2]
        d &+= vectors[index + 3]
      }
      sums[chunk] = (a &+ b &+ c &+ d).wrappedSum()
    }
  }
}
