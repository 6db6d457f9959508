import PrismModel

/// Standard input line by line, giving way to Ctrl-C while it waits.
struct InputLines {
  /// A longer line is no message any more. Bytes.
  private static let lengthLimit = 16 << 20
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  /// The next line without its end; nil at the end of the input. Throws `Interrupted`.
  mutating func next() throws -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      if isAtEnd || buffer.count > Self.lengthLimit {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : String(decoding: buffer, as: UTF8.self)
      }
      if Interruption.isRequested { throw Interrupted() }
      guard let bytes = try StandardStreams.read(limit: 1 << 16) else { continue }
      if bytes.isEmpty { isAtEnd = true }
      buffer += bytes
    }
  }
}
