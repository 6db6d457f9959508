import NIOCore

/// Writes one event of a streamed answer for each text. The events differ in their texts alone, and the
/// rest is encoded once: encoding each anew takes a third of what the server does for a token.
struct PieceTemplate: Sendable {
  private let before: ByteBuffer
  private let after: ByteBuffer

  /// - Parameter document: the event's content with a text in it. Called with two texts; what is the same
  ///   in both results stays as it is.
  /// - Throws: what encoding throws.
  init(_ document: (String) -> AnswerDocument) throws {
    let one = try JSONText.event(document("a")).readableBytesView
    let other = try JSONText.event(document("b")).readableBytesView
    let place = zip(one, other).enumerated().first { $1.0 != $1.1 }?.offset ?? one.count
    before = ByteBuffer(bytes: one.prefix(place))
    after = ByteBuffer(bytes: one.dropFirst(place + 1))
  }

  /// The event with `text`, byte for byte as if it were encoded whole.
  func event(_ text: String) -> ByteBuffer {
    let escaped = Self.escaped(text)
    var buffer = ByteBuffer()
    buffer.reserveCapacity(before.readableBytes + escaped.count + after.readableBytes)
    buffer.writeImmutableBuffer(before)
    buffer.writeBytes(escaped)
    buffer.writeImmutableBuffer(after)
    return buffer
  }

  /// The inside of a JSON string (RFC 8259, section 7).
  private static func escaped(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x08: bytes += Array("\\b".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0C: bytes += Array("\\f".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case ..<0x20:
        bytes += Array("\\u00".utf8) + [byte < 0x10 ? 0x30 : 0x31, hexDigits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    return bytes
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)
}
