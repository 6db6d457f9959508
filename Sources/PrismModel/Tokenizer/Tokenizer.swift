/// Turns text into token ids and back. Byte-level BPE and SentencePiece BPE conform.
public protocol Tokenizer: Sendable {
  /// Number of ids, special tokens included.
  var vocabularyCount: Int { get }
  var beginToken: Int32? { get }
  /// Plain text, without a chat template, starts with `beginToken`.
  var addsBeginToken: Bool { get }
  /// The token that ends a turn or a text.
  var endToken: Int32 { get }
  /// Every token that ends generation (`endToken`, and end-of-turn tokens where they differ).
  var stopTokens: Set<Int32> { get }
  /// The text of each control token, such as `<|im_end|>`, by id.
  var controlTokens: [Int32: String] { get }
  /// How the bytes of tokens become text.
  var decoding: TextDecoding { get }

  /// Ids of `text`. No begin or end token is added. Control tokens are recognised only when
  /// `parsingControlTokens` is set; otherwise their text is encoded as ordinary characters.
  func encode(_ text: String, parsingControlTokens: Bool) -> [Int32]

  /// The bytes one id stands for; empty for control tokens and ids outside the vocabulary.
  func bytes(of id: Int32) -> [UInt8]

  /// SHA-256 (hex) over vocabulary, merges and pre-tokenizer.
  var fingerprint: String { get }
}

extension Tokenizer {
  public var addsBeginToken: Bool { false }
  public var decoding: TextDecoding { TextDecoding() }

  /// The text of `ids`, without control tokens. Bytes that are not UTF-8 become U+FFFD.
  public func decode(_ ids: [Int32]) -> String {
    var decoder = StreamingDecoder(self)
    var text = ""
    for id in ids { text += decoder.append(id) }
    return text + decoder.finish()
  }
}
