import Crypto

/// SHA-256 over everything that decides which ids a text becomes.
struct TokenizerFingerprint {
  private var hash = SHA256()

  /// Each part is preceded by its length, so that no two lists of parts share a byte stream.
  mutating func add(_ bytes: some Collection<UInt8>) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: Array(bytes))
  }

  mutating func add(_ text: String) { add(text.utf8) }

  mutating func add(_ table: TokenTable, _ added: AddedTokens) {
    add("\(table.count)")
    for id in 0..<table.count { add(table[Int32(id)]) }
    for token in added.tokens {
      add(token.summary)
      add(token.content)
    }
    add(added.normalizer.summary)
  }

  /// Lowercase hexadecimal.
  func finish() -> String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
