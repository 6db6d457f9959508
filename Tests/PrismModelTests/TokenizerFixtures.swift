import Foundation
import PrismModel
import Testing

/// What `Tools/reference/tokenizer_fixtures.py` wrote.
enum TokenizerFixtures {
  /// One text and what the `tokenizers` library makes of it.
  struct Row: Decodable, CustomTestStringConvertible {
    let text: String
    /// Ids with control tokens taken as plain text.
    let plain: [Int32]
    /// Ids with control tokens parsed; nil when they are the same.
    let parsed: [Int32]?
    let decoded: String

    var testDescription: String { text.debugDescription }
  }

  static let byteLevel = ["gpt2", "gpt2_prefix", "smollm", "qwen2", "deepseek_qwen", "llama3"]
  static let sentencePiece = [
    "llama2", "mistral", "metaspace_always", "metaspace_never", "metaspace_unknown",
  ]
  static let all = byteLevel + sentencePiece

  static func folder(_ name: String) throws -> URL {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return fixtures.appendingPathComponent("tokenizer").appendingPathComponent(name)
  }

  static func tokenizer(_ name: String) throws -> any Tokenizer {
    try TokenizerReader.fromHuggingFace(folder: folder(name).path)
  }

  static func file(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder(name).appendingPathComponent("tokenizer.json")))
  }

  static func expected(_ name: String) throws -> [Row] {
    let data = try Data(contentsOf: folder(name).appendingPathComponent("expected.json"))
    return try JSONDecoder().decode([Row].self, from: data)
  }

  /// Compares scalars: `==` on strings holds for canonically equivalent text.
  static func isSame(_ a: String, _ b: String) -> Bool { Array(a.utf8) == Array(b.utf8) }
}
