import Foundation
import PrismModel
import Testing

/// Broken and foreign tokenizer files: each names what is wrong, nothing is guessed.
@Suite struct TokenizerErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Text of a good file and what takes its place.
    let old: String
    let new: String
    /// Parts of the message.
    let message: [String]
    var testDescription: String { name }
  }

  /// A complete byte-level file with two letters and one merge.
  static let good = #"""
    {"added_tokens":[{"id":3,"content":"<end>","special":true}],
     "normalizer":null,
     "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
     "decoder":{"type":"ByteLevel"},
     "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}
    """#
  static let settings = #"{"eos_token":"<end>"}"#

  static let cases: [Case] = [
    Case(
      name: "model", old: #""type":"BPE""#, new: #""type":"Unigram""#,
      message: ["Unigram", "supported: BPE"]),
    Case(
      name: "normalizer", old: #""normalizer":null"#, new: #""normalizer":{"type":"Lowercase"}"#,
      message: ["the normalizer Lowercase", "NFC"]),
    Case(
      name: "regular expression in a normalizer", old: #""normalizer":null"#,
      new: #""normalizer":{"type":"Replace","pattern":{"Regex":"x"},"content":"y"}"#,
      message: ["replaces a regular expression"]),
    Case(
      name: "pre-tokenizer", old: #"{"type":"ByteLevel","add_prefix_space":false}"#,
      new: #"{"type":"BertPreTokenizer"}"#, message: ["BertPreTokenizer", "ByteLevel, Metaspace or none"]),
    Case(
      name: "split pattern", old: #"{"type":"ByteLevel","add_prefix_space":false}"#,
      new:
        #"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"x+"},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false,"add_prefix_space":false}]}"#,
      message: ["the split pattern x+", "Qwen2"]),
    Case(
      name: "decoder", old: #""decoder":{"type":"ByteLevel"}"#, new: #""decoder":{"type":"WordPiece"}"#,
      message: ["WordPiece", "supported: ByteLevel"]),
    Case(name: "dropout", old: #""vocab""#, new: #""dropout":0.5,"vocab""#, message: ["dropout"]),
    Case(
      name: "suffix", old: #""vocab""#, new: #""end_of_word_suffix":"</w>","vocab""#,
      message: ["end_of_word_suffix"]),
    Case(name: "negative id", old: #""b":1"#, new: #""b":-1"#, message: ["id of \"b\"", "found -1"]),
    Case(
      name: "gigantic id", old: #""b":1"#, new: #""b":2147483647"#,
      message: ["id of \"b\"", "2147483647"]),
    Case(name: "id that is no integer", old: #""b":1"#, new: #""b":1.5"#, message: ["id of \"b\""]),
    Case(name: "id beyond 64 bits", old: #""b":1"#, new: #""b":1e400"#, message: ["id of \"b\""]),
    Case(name: "duplicate id", old: #""b":1"#, new: #""b":0"#, message: ["an id of its own"]),
    Case(name: "duplicate token", old: #""b":1"#, new: #""b":1,"b":4"#, message: ["each token once"]),
    Case(
      name: "unknown token in a merge", old: #"["a b"]"#, new: #"["a b","a c"]"#,
      message: ["merge 1", "tokens of the vocabulary", "\"c\""]),
    Case(
      name: "merge into an unknown token", old: #"["a b"]"#, new: #"[["b","a"]]"#,
      message: ["merge 0", "\"ba\""]),
    Case(name: "merge twice", old: #"["a b"]"#, new: #"["a b","a b"]"#, message: ["merge 1", "each pair once"]),
    Case(name: "merge of three", old: #"["a b"]"#, new: #"["a b a"]"#, message: ["merge 0", "two parts"]),
    Case(name: "merge that is a number", old: #"["a b"]"#, new: "[7]", message: ["merge 0", "found 7"]),
    Case(
      name: "added token on another's id", old: #""id":3"#, new: #""id":2"#,
      message: ["added token \"<end>\"", "no other token has"]),
    Case(
      name: "added token with a gigantic id", old: #""id":3"#, new: #""id":9223372036854775807"#,
      message: ["added token \"<end>\"", "9223372036854775807"]),
    Case(
      name: "flag that is none", old: #""special":true"#, new: #""special":1"#,
      message: ["special of added token", "true or false"]),
    Case(
      name: "unknown token", old: #""vocab""#, new: #""unk_token":"?","vocab""#,
      message: ["unknown token", "\"?\""]),
    Case(name: "no vocabulary", old: #""vocab""#, new: #""vocabulary""#, message: ["vocabulary", "nothing"]),
    Case(name: "cut off", old: "]}}", new: "]}", message: ["damaged", "the end"]),
    Case(name: "more than one value", old: "]}}", new: "]}} x", message: ["nothing after the value"]),
  ]

  static func load(_ text: String, settings: String? = settings, generation: String? = nil) throws
    -> any Tokenizer
  {
    try TokenizerReader.fromHuggingFace(
      tokenizer: Array(text.utf8), path: "tokenizer.json",
      configuration: settings.map { Array($0.utf8) }, generation: generation.map { Array($0.utf8) })
  }

  @Test func goodFileLoads() throws {
    let tokenizer = try Self.load(Self.good)
    #expect(tokenizer.encode("abba<end>", parsingControlTokens: true) == [2, 1, 0, 3])
    #expect(tokenizer.encode("ab<end>", parsingControlTokens: false) == [2])
    #expect(tokenizer.vocabularyCount == 4)
    #expect(tokenizer.stopTokens == [3])
    #expect(tokenizer.beginToken == nil)
  }

  @Test(arguments: cases)
  func brokenFileIsNamed(_ broken: Case) throws {
    #expect(Self.good.contains(broken.old))
    let text = Self.good.replacingOccurrences(of: broken.old, with: broken.new)
    let error = try #require(throws: ModelError.self) { try Self.load(text) }
    for part in broken.message {
      #expect(error.description.contains(part), "\(error.description)")
    }
  }

  @Test func endsAreChecked() throws {
    let missing = try #require(throws: ModelError.self) { try Self.load(Self.good, settings: nil) }
    #expect(missing.description.contains("eos_token in tokenizer_config.json"))
    let unknown = try #require(throws: ModelError.self) {
      try Self.load(Self.good, settings: #"{"eos_token":"<stop>"}"#)
    }
    #expect(unknown.description.contains("eos_token") && unknown.description.contains("<stop>"))
    let outside = try #require(throws: ModelError.self) {
      try Self.load(Self.good, generation: #"{"eos_token_id":[3,4]}"#)
    }
    #expect(outside.description.contains("ids from 0 to 3") && outside.description.contains("found 4"))
    #expect(try Self.load(Self.good, generation: #"{"eos_token_id":[3,1]}"#).stopTokens == [1, 3])
    #expect(try Self.load(Self.good, settings: nil, generation: #"{"eos_token_id":1}"#).endToken == 1)
  }

  @Test func missingFolderIsNamed() throws {
    let error = try #require(throws: ModelError.self) {
      try TokenizerReader.fromHuggingFace(folder: "no-such-folder")
    }
    #expect(error.description.contains("cannot read") && error.description.contains("no-such-folder"))
  }

  @Test(arguments: [
    ("tokenizer.ggml.model", MetadataValue.string("bert"), "supported: gpt2, llama"),
    ("tokenizer.ggml.model", .uint(1), "expected a string, found an integer"),
    ("tokenizer.ggml.pre", .string("tekken"), "the pre-tokenizer \"tekken\""),
    ("tokenizer.ggml.tokens", .ints([1, 2]), "expected an array of strings"),
    ("tokenizer.ggml.tokens", .strings([]), "expected an array of strings, found an array of 0"),
    ("tokenizer.ggml.tokens", .strings([[0x61], [0x61]]), "integers, one a token"),
    ("tokenizer.ggml.token_type", .ints([1]), "integers, one a token"),
    ("tokenizer.ggml.merges", .strings([[0x61]]), "two parts with one space"),
    ("tokenizer.ggml.merges", .bool(true), "expected an array of strings, found a boolean"),
    ("tokenizer.ggml.eos_token_id", .int(-1), "found -1"),
    ("tokenizer.ggml.eos_token_id", .uint(.max), "expected an id from 0"),
    ("tokenizer.ggml.bos_token_id", .uint(1_000_000), "found 1000000"),
    ("tokenizer.ggml.eot_token_id", .float(1), "expected an id from 0"),
    ("tokenizer.ggml.add_bos_token", .uint(1), "expected a boolean"),
  ])
  func brokenMetadataIsNamed(key: String, value: MetadataValue, message: String) throws {
    var metadata = try TokenizerMetadata.read("gpt2")
    metadata[key] = value
    let error = try #require(throws: ModelError.self) {
      try TokenizerReader.fromGGUF(metadata: metadata, path: "x.gguf")
    }
    #expect(error.description.contains(message), "\(error.description)")
  }

  @Test(arguments: [
    "tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.tokens", "tokenizer.ggml.merges",
    "tokenizer.ggml.eos_token_id",
  ])
  func missingMetadataIsNamed(key: String) throws {
    var metadata = try TokenizerMetadata.read("gpt2")
    metadata[key] = nil
    let error = try #require(throws: ModelError.self) {
      try TokenizerReader.fromGGUF(metadata: metadata, path: "x.gguf")
    }
    #expect(error.description.contains(key) && error.description.contains("found nothing"))
  }

  @Test func brokenPiecesAreNamed() throws {
    func message(_ key: String, _ value: MetadataValue) throws -> String {
      var metadata = TokenizerMetadata.pieces([("a", -1), ("b", -2)])
      metadata[key] = value
      return try #require(throws: ModelError.self) {
        try TokenizerReader.fromGGUF(metadata: metadata, path: "x.gguf")
      }.description
    }
    #expect(try message("tokenizer.ggml.scores", .floats([1])).contains("261 numbers"))
    var scores = [Float](repeating: 0, count: 261)
    scores[260] = .nan
    #expect(try message("tokenizer.ggml.scores", .floats(scores)).contains("261 numbers"))
    var types = [Int64](repeating: 6, count: 261)
    types.replaceSubrange(0..<3, with: [2, 3, 3])
    #expect(try message("tokenizer.ggml.token_type", .ints(types)).contains("byte token 259"))
    let strange = [Int64](repeating: 9, count: 261)
    #expect(try message("tokenizer.ggml.token_type", .ints(strange)).contains("types from 0 to 6"))
    let twice = TokenizerMetadata.pieces([("a", -1), ("a", -2)])
    let error = try #require(throws: ModelError.self) {
      try TokenizerReader.fromGGUF(metadata: twice, path: "x.gguf")
    }
    #expect(error.description.contains("which is token 259 too"))
    let long = TokenizerMetadata.pieces([(String(repeating: "x", count: 300), -1)])
    let tooLong = try #require(throws: ModelError.self) {
      try TokenizerReader.fromGGUF(metadata: long, path: "x.gguf")
    }
    #expect(tooLong.description.contains("at most 256 bytes"))
  }
}
