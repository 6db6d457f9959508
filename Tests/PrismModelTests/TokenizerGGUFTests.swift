import Foundation
import PrismModel
import Testing

/// Tokenizers read from GGUF metadata.
@Suite struct TokenizerGGUFTests {
  /// The same vocabulary from GGUF metadata and from `tokenizer.json` gives the same ids.
  @Test(arguments: ["gpt2", "smollm", "deepseek_qwen", "llama3", "llama2"])
  func idsEqualTheReference(name: String) throws {
    let tokenizer = try TokenizerReader.fromGGUF(
      metadata: TokenizerMetadata.read(name), path: "\(name).gguf")
    for row in try TokenizerFixtures.expected(name) {
      #expect(
        tokenizer.encode(row.text, parsingControlTokens: false) == row.plain,
        "\(row.text.debugDescription)")
      #expect(
        tokenizer.encode(row.text, parsingControlTokens: true) == row.parsed ?? row.plain,
        "parsed \(row.text.debugDescription)")
      #expect(TokenizerFixtures.isSame(tokenizer.decode(row.plain), row.decoded))
    }
  }

  static let modelPath: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
    let path = environment["PRISM_MODEL"] ?? cache + "/prism/models/smollm2-135m-instruct.gguf"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// SmolLM2's real vocabulary, against `tokenizers` with the same vocabulary and merges.
  @Test(.enabled(if: modelPath != nil, "the default model is not there"))
  func realVocabularyEqualsTheReference() throws {
    let path = try #require(Self.modelPath)
    let tokenizer = try TokenizerReader.fromGGUF(
      metadata: try GGUFFile(path: path).metadata, path: path)
    #expect(tokenizer.vocabularyCount == 49_152)
    #expect(tokenizer.endToken == 2)
    #expect(tokenizer.stopTokens == [0, 2])
    #expect(tokenizer.controlTokens[1] == "<|im_start|>")
    for row in try TokenizerFixtures.expected("smollm2") {
      #expect(
        tokenizer.encode(row.text, parsingControlTokens: false) == row.plain,
        "\(row.text.debugDescription)")
      #expect(
        tokenizer.encode(row.text, parsingControlTokens: true) == row.parsed ?? row.plain,
        "parsed \(row.text.debugDescription)")
      #expect(TokenizerFixtures.isSame(tokenizer.decode(row.plain), row.decoded))
    }
  }

  /// Worked by hand. "abc" with pieces ab (-1), bc (-2), ▁a (-3) and prefix ▁: ab wins over the others,
  /// then nothing joins ▁, ab, c. "é" has no piece and becomes its bytes C3 A9.
  @Test func scoresDecideWhichPairMerges() throws {
    let tokenizer = try TokenizerReader.fromGGUF(
      metadata: TokenizerMetadata.pieces(
        [("a", -9), ("b", -9), ("c", -9), ("\u{2581}", -9), ("ab", -1), ("bc", -2), ("\u{2581}a", -3)]),
      path: "hand")
    // Ids: a 259, b 260, c 261, ▁ 262, ab 263, bc 264, ▁a 265; byte n is 3 + n, so C3 is 198, A9 172.
    let merged: [Int32] = [262, 263, 261]
    let joined: [Int32] = [265, 261]
    let bytes: [Int32] = [262, 198, 172]
    #expect(tokenizer.encode("abc", parsingControlTokens: false) == merged)
    #expect(tokenizer.encode("ac", parsingControlTokens: false) == joined)
    #expect(tokenizer.encode("é", parsingControlTokens: false) == bytes)
    #expect(tokenizer.decode(bytes) == "é")
    #expect(tokenizer.encode("</s>", parsingControlTokens: true) == [2])
    #expect(!tokenizer.encode("</s>", parsingControlTokens: false).contains(2))
    #expect(tokenizer.addsBeginToken)
    #expect(tokenizer.beginToken == 1)
  }

  /// Text never becomes a control token, even where scores or merges would make one of it.
  @Test func controlTokensAreNeverMerged() throws {
    var metadata = TokenizerMetadata.pieces([("<", -9), ("/", -9), ("s", -9), (">", -9), ("</", -1), ("s>", -1)])
    let pieces = try TokenizerReader.fromGGUF(metadata: metadata, path: "hand")
    #expect(pieces.encode("</s>", parsingControlTokens: false).suffix(2) == [263, 264])

    metadata = try TokenizerMetadata.read("gpt2")
    guard case .strings(var tokens)? = metadata["tokenizer.ggml.tokens"],
      case .ints(var types)? = metadata["tokenizer.ggml.token_type"],
      case .strings(var merges)? = metadata["tokenizer.ggml.merges"]
    else { throw CocoaError(.coderInvalidValue) }
    tokens.append(Array("@~".utf8))
    types.append(3)
    merges.append(Array("@ ~".utf8))
    metadata["tokenizer.ggml.tokens"] = .strings(tokens)
    metadata["tokenizer.ggml.token_type"] = .ints(types)
    metadata["tokenizer.ggml.merges"] = .strings(merges)
    let bytes = try TokenizerReader.fromGGUF(metadata: metadata, path: "hand")
    let id = Int32(tokens.count - 1)
    #expect(bytes.encode("@~", parsingControlTokens: true) == [id])
    #expect(!bytes.encode("@~", parsingControlTokens: false).contains(id))
    #expect(bytes.bytes(of: id).isEmpty)
    #expect(bytes.bytes(of: -1).isEmpty)
    #expect(bytes.bytes(of: .max).isEmpty)
  }
}

/// GGUF metadata made from fixtures and by hand.
enum TokenizerMetadata {
  private struct File: Decodable {
    let model: String
    let pre: String?
    let tokens: [String]
    let types: [Int64]
    let merges: [String]?
    let scores: [Float]?
  }

  static func read(_ name: String) throws -> [String: MetadataValue] {
    let url = try TokenizerFixtures.folder(name).appendingPathComponent("gguf.json")
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    var metadata: [String: MetadataValue] = [
      "tokenizer.ggml.model": .string(file.model),
      "tokenizer.ggml.tokens": .strings(file.tokens.map { Array($0.utf8) }),
      "tokenizer.ggml.token_type": .ints(file.types),
      "tokenizer.ggml.bos_token_id": .uint(1),
      "tokenizer.ggml.eos_token_id": .uint(2),
    ]
    metadata["tokenizer.ggml.pre"] = file.pre.map { .string($0) }
    metadata["tokenizer.ggml.merges"] = file.merges.map { .strings($0.map { Array($0.utf8) }) }
    metadata["tokenizer.ggml.scores"] = file.scores.map { .floats($0) }
    return metadata
  }

  /// `<unk>`, `<s>`, `</s>`, the 256 bytes, then `pieces`.
  static func pieces(_ pieces: [(text: String, score: Float)]) -> [String: MetadataValue] {
    let bytes = (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
    }
    var tokens = ["<unk>", "<s>", "</s>"]
    tokens += bytes
    tokens += pieces.map(\.text)
    var types: [Int64] = [2, 3, 3]
    types += [Int64](repeating: 6, count: 256)
    types += [Int64](repeating: 1, count: pieces.count)
    var scores = [Float](repeating: 0, count: 259)
    scores += pieces.map(\.score)
    return [
      "tokenizer.ggml.model": .string("llama"),
      "tokenizer.ggml.tokens": .strings(tokens.map { Array($0.utf8) }),
      "tokenizer.ggml.token_type": .ints(types),
      "tokenizer.ggml.scores": .floats(scores),
      "tokenizer.ggml.bos_token_id": .uint(1),
      "tokenizer.ggml.eos_token_id": .uint(2),
    ]
  }
}
