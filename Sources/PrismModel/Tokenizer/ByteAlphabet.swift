/// The printable character that stands for each byte in a byte-level vocabulary (GPT-2's table):
/// printable Latin-1 stands for itself, the 68 other bytes for U+0100 and up, in order.
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
      }
    }
  }()

  private static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($0.element.value, UInt8($0.offset)) })

  /// The bytes that a token written in the alphabet stands for; nil when it is not written in it.
  static func decode(_ token: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: token, as: UTF8.self) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar.value] else { return nil }
      result.append(byte)
    }
    return result
  }
}
