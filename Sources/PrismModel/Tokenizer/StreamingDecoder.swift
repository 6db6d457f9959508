/// Turns ids into text as they arrive, never splitting a UTF-8 character between two pieces.
public struct StreamingDecoder: Sendable {
  private let tokenizer: any Tokenizer
  private let decoding: TextDecoding
  /// The beginning of a character whose end has not come yet; at most 3 bytes.
  private var held: [UInt8] = []
  private var isAtStart = true

  public init(_ tokenizer: any Tokenizer) {
    self.tokenizer = tokenizer
    decoding = tokenizer.decoding
  }

  /// The text that became certain with `id`; empty for control tokens and unfinished characters.
  public mutating func append(_ id: Int32) -> String {
    var bytes = tokenizer.bytes(of: id)
    guard !bytes.isEmpty else { return "" }
    if isAtStart {
      isAtStart = false
      if decoding.stripsLeadingSpace, bytes.first == 0x20 { bytes.removeFirst() }
    }
    bytes.insert(contentsOf: held, at: 0)
    held = Array(bytes.suffix(UTF8Sequence.cutOffCount(in: bytes)))
    bytes.removeLast(held.count)
    return decoding.text(of: bytes)
  }

  /// What is left: U+FFFD for a character that never ended, else nothing. The decoder starts anew.
  public mutating func finish() -> String {
    defer {
      held = []
      isAtStart = true
    }
    return decoding.text(of: held)
  }
}
