/// Aligned memory of plain numbers that grows and never shrinks; contents are lost when it grows.
///
/// Not synchronised: one buffer belongs to one computation at a time.
package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  package private(set) var pointer: UnsafeMutablePointer<Element>
  package private(set) var capacity: Int

  package init(count: Int = 0) {
    capacity = max(count, 1)
    pointer = Self.allocate(capacity)
  }

  deinit { pointer.deallocate() }

  /// At least `count` elements, zeroed when fresh.
  @discardableResult
  package func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      pointer.deallocate()
      capacity = count
      pointer = Self.allocate(count)
    }
    return pointer
  }

  /// Bytes held.
  package var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return raw.assumingMemoryBound(to: Element.self)
  }
}
