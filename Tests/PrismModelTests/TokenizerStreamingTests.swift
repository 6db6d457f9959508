import PrismModel
import Testing

/// Text that arrives token by token.
@Suite struct TokenizerStreamingTests {
  @Test(arguments: TokenizerFixtures.all)
  func piecesJoinToTheWholeText(name: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    for row in try TokenizerFixtures.expected(name) {
      // Every id alone, and from every start: tokens before the start are what a prompt would hold.
      for start in row.plain.indices.prefix(12) {
        var decoder = StreamingDecoder(tokenizer)
        var text = ""
        for id in row.plain[start...] { text += decoder.append(id) }
        text += decoder.finish()
        let whole = tokenizer.decode(Array(row.plain[start...]))
        #expect(TokenizerFixtures.isSame(text, whole), "\(row.text.debugDescription) from \(start)")
        let bytes = row.plain[start...].flatMap { tokenizer.bytes(of: $0) }
        guard !tokenizer.decoding.stripsLeadingSpace, !tokenizer.decoding.replacesEachByte else { continue }
        #expect(TokenizerFixtures.isSame(whole, String(decoding: bytes, as: UTF8.self)))
      }
    }
  }

  /// 😀 is F0 9F 98 80: four byte tokens, text only with the last.
  @Test(arguments: ["gpt2", "llama2"])
  func characterComesWhole(name: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    let ids = try ByteTokens(tokenizer).ids(of: [0xF0, 0x9F, 0x98, 0x80, 0x61])
    var decoder = StreamingDecoder(tokenizer)
    #expect(ids.map { decoder.append($0) } == ["", "", "", "😀", "a"])
    #expect(decoder.finish() == "")
  }

  /// A broken character is one U+FFFD in a byte-level tokenizer, and one a byte in byte fallback.
  @Test(arguments: [("gpt2", 1), ("llama2", 3)])
  func brokenCharacterIsReplaced(name: String, count: Int) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    let replacement = String(repeating: "\u{FFFD}", count: count)
    var decoder = StreamingDecoder(tokenizer)
    let cut = try ByteTokens(tokenizer).ids(of: [0xF0, 0x9F, 0x98])
    #expect(cut.map { decoder.append($0) } == ["", "", ""])
    #expect(decoder.finish() == replacement)
    #expect(tokenizer.decode(cut) == replacement)
    let broken = try ByteTokens(tokenizer).ids(of: [0xF0, 0x9F, 0x98, 0x61])
    #expect(broken.map { decoder.append($0) } == ["", "", "", replacement + "a"])
    #expect(decoder.finish() == "")
    #expect(
      try tokenizer.decode(ByteTokens(tokenizer).ids(of: [0xFF, 0xC0, 0x80, 0x62])) == "\u{FFFD}\u{FFFD}\u{FFFD}b")
  }

  @Test func controlTokensAndForeignIDsHaveNoText() throws {
    let tokenizer = try TokenizerFixtures.tokenizer("smollm")
    let end = try #require(tokenizer.controlTokens.first { $0.value == "<|im_end|>" }?.key)
    #expect(tokenizer.decode([end, -1, .max, .min]) == "")
  }
}

/// Ids of single bytes.
private struct ByteTokens {
  private var ids: [UInt8: Int32] = [:]

  init(_ tokenizer: any Tokenizer) {
    for id in 0..<Int32(tokenizer.vocabularyCount) {
      let bytes = tokenizer.bytes(of: id)
      if bytes.count == 1, ids[bytes[0]] == nil { ids[bytes[0]] = id }
    }
  }

  func ids(of bytes: [UInt8]) throws -> [Int32] { try bytes.map { try #require(ids[$0]) } }
}
