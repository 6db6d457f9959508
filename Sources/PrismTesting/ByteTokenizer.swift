public import PrismModel

/// One token a byte, ids 0...255, and named control tokens above: small enough to read by eye.
public struct ByteTokenizer: Tokenizer {
  public let controlTokens: [Int32: String]
  public var vocabularyCount: Int { 256 + controlTokens.count }
  public let beginToken: Int32? = nil
  /// `<|im_end|>`.
  public let endToken: Int32 = 257
  public var stopTokens: Set<Int32> { [endToken] }
  public var fingerprint: String { "byte-tokenizer" }

  public init() {
    controlTokens = [256: "<|im_start|>", 257: "<|im_end|>"]
  }

  public func encode(_ text: String, parsingControlTokens: Bool) -> [Int32] {
    let bytes = Array(text.utf8)
    guard parsingControlTokens else { return bytes.map { Int32($0) } }
    let controls = controlTokens.map { (id: $0.key, bytes: Array($0.value.utf8)) }
    var ids: [Int32] = []
    var position = 0
    while position < bytes.count {
      let rest = bytes[position...]
      if let control = controls.first(where: { rest.starts(with: $0.bytes) }) {
        ids.append(control.id)
        position += control.bytes.count
      } else {
        ids.append(Int32(bytes[position]))
        position += 1
      }
    }
    return ids
  }

  public func bytes(of id: Int32) -> [UInt8] {
    (0..<256).contains(id) ? [UInt8(id)] : []
  }
}
