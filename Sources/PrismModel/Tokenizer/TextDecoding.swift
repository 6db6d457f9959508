/// How the bytes of tokens become text.
public struct TextDecoding: Hashable, Sendable {
  /// The text's first byte, if it is a space, is the tokenizer's and not the text's (SentencePiece).
  public var stripsLeadingSpace: Bool
  /// One U+FFFD per invalid byte, as Hugging Face's byte fallback writes them, instead of one per
  /// maximal ill-formed part (Unicode's recommendation, and what its byte-level decoder does).
  public var replacesEachByte: Bool

  public init(stripsLeadingSpace: Bool = false, replacesEachByte: Bool = false) {
    self.stripsLeadingSpace = stripsLeadingSpace
    self.replacesEachByte = replacesEachByte
  }

  /// Text of `bytes`, repaired.
  func text(of bytes: [UInt8]) -> String {
    guard replacesEachByte else { return String(decoding: bytes, as: UTF8.self) }
    var repaired: [UInt8] = []
    repaired.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let sequence = UTF8Sequence(at: index, in: bytes)
      if sequence.isComplete {
        repaired.append(contentsOf: bytes[index..<index + sequence.present])
        index += sequence.present
      } else {
        repaired.append(contentsOf: [0xEF, 0xBF, 0xBD])
        index += 1
      }
    }
    return String(decoding: repaired, as: UTF8.self)
  }
}
