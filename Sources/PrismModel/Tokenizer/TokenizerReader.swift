/// Reads tokenizers from the files that models come in.
public enum TokenizerReader {
  /// Ids may have gaps, but files decide how much memory a vocabulary takes: ids end before twice
  /// the number of tokens plus this.
  static let widestGap = 65_536

  static func wrong(_ what: String, expected: String, found: String) -> ModelError {
    .tokenizer(what: what, expected: expected, found: found)
  }

  static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(80), as: UTF8.self)
  }

  /// The byte that `<0xE2>` and its like stand for.
  static func fallbackByte(_ token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: Array("<0x".utf8)), token[5] == UInt8(ascii: ">")
    else { return nil }
    let digits = String(decoding: token[3...4], as: UTF8.self)
    guard digits.allSatisfy({ $0.isHexDigit && !$0.isLowercase }) else { return nil }
    return UInt8(digits, radix: 16)
  }
}

extension TokenizerReader {
  /// A merge written as two parts with one space between.
  static func merge(_ line: [UInt8], rank: Int) throws -> BytePairVocabulary.PlainMerge {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw wrong(
        "merge \(rank)", expected: "two parts with one space between", found: "\"\(text(line))\"")
    }
    return (Array(parts[0]), Array(parts[1]))
  }
}
