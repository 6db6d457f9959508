/// Reads little-endian values from a file front to back; every step is checked against the end.
struct ByteCursor {
  let file: MappedFile
  private(set) var offset: Int
  private let end: Int

  init(_ file: MappedFile) {
    self.file = file
    offset = 0
    end = file.count
  }

  var remaining: Int { end - offset }

  /// Throws `ModelError.malformed` when fewer bytes are left than `T` has.
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ label: @autoclosure () -> String)
    throws -> T
  {
    let start = try advance(MemoryLayout<T>.size, label())
    return T(littleEndian: file.bytes.loadUnaligned(fromByteOffset: start, as: T.self))
  }

  /// A 64-bit count whose items take at least `itemBytes` each, so that no allocation can exceed
  /// what the file itself could hold.
  mutating func count(ofItemsTaking itemBytes: Int, _ label: @autoclosure () -> String) throws
    -> Int
  {
    let start = offset
    let value = try integer(UInt64.self, label())
    let most = remaining / itemBytes
    guard value <= UInt64(most) else {
      throw ModelError.malformed(
        path: file.path, at: "\(label()) (byte \(start))",
        expected: "at most \(most), for \(remaining) bytes are left", found: "\(value)")
    }
    return Int(value)
  }

  /// Length-prefixed bytes.
  mutating func bytes(_ label: @autoclosure () -> String) throws -> UnsafeRawBufferPointer {
    let length = try count(ofItemsTaking: 1, "length of \(label())")
    let start = try advance(length, label())
    return UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + length])
  }

  /// Length-prefixed UTF-8.
  mutating func string(_ label: @autoclosure () -> String) throws -> String {
    let start = offset
    guard let text = String(validating: try bytes(label()), as: UTF8.self) else {
      throw ModelError.malformed(
        path: file.path, at: "\(label()) (byte \(start))", expected: "UTF-8 text",
        found: "other bytes")
    }
    return text
  }

  /// Passes `length` bytes and returns where they start.
  mutating func advance(_ length: Int, _ label: @autoclosure () -> String) throws -> Int {
    guard length >= 0, length <= remaining else {
      throw ModelError.malformed(
        path: file.path, at: "\(label()) (byte \(offset))", expected: "\(length) more bytes",
        found: "the end of the file after \(remaining)")
    }
    defer { offset += length }
    return offset
  }
}
