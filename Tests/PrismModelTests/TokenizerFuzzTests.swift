import Foundation
import PrismModel
import PrismTesting
import PrismTensor
import Testing

/// A thousand damaged tokenizers: each loads or throws `ModelError`, and one that loads still encodes.
@Suite struct TokenizerFuzzTests {
  private static let text = "Hello <|im_end|> <s>12 \u{e9}\u{301}\u{1F600}\n\n  x"

  private func exercise(_ tokenizer: any Tokenizer) {
    #expect(tokenizer.vocabularyCount < 200_000)
    for parsing in [false, true] {
      let ids = tokenizer.encode(Self.text, parsingControlTokens: parsing)
      #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularyCount })
      _ = tokenizer.decode(ids + [-1, .max])
    }
  }

  @Test(arguments: ["smollm", "llama2"])
  func damagedFilesLoadOrThrow(name: String) throws {
    let file = try TokenizerFixtures.file(name)
    let settings = Array(#"{"eos_token":"\#(name == "llama2" ? "</s>" : "<|im_end|>")"}"#.utf8)
    exercise(
      try TokenizerReader.fromHuggingFace(
        tokenizer: file, path: "whole", configuration: settings, generation: nil))
    var mutator = Mutator(seed: 11)
    var refused = 0
    for _ in 0..<300 {
      let damaged = mutator.mutate(file)
      do {
        exercise(
          try TokenizerReader.fromHuggingFace(
            tokenizer: damaged, path: "fuzz", configuration: settings, generation: nil))
      } catch is ModelError {
        refused += 1
      }
    }
    // Nearly every change breaks an id, a merge or the syntax.
    #expect(refused > 200)
  }

  /// A file so small that damage hits its structure and not its long vocabulary.
  @Test func damagedStructureLoadsOrThrows() throws {
    let file = Array(TokenizerErrorTests.good.utf8)
    let settings = Array(TokenizerErrorTests.settings.utf8)
    var mutator = Mutator(seed: 12)
    var loaded = 0
    for index in 0..<1000 {
      do {
        exercise(
          try TokenizerReader.fromHuggingFace(
            tokenizer: index % 4 == 0 ? file : mutator.mutate(file), path: "fuzz",
            configuration: index % 4 == 0 ? mutator.mutate(settings) : settings,
            generation: index % 8 == 0 ? mutator.mutate(Array(#"{"eos_token_id":[1,2]}"#.utf8)) : nil))
        loaded += 1
      } catch is ModelError {}
    }
    #expect(loaded > 0 && loaded < 1000)
  }

  @Test(arguments: ["smollm", "llama2"])
  func damagedMetadataLoadsOrThrows(name: String) throws {
    let good = try TokenizerMetadata.read(name)
    let keys = good.keys.sorted()
    var mutator = Mutator(seed: 13)
    var random = SeededGenerator(seed: 13)
    let strays: [MetadataValue] = [
      .uint(.max), .int(.min), .float(.nan), .bool(true), .string(""), .array([]), .strings([]),
      .floats([.infinity]), .ints([.min, .max]), .strings([[0xFF], []]),
    ]
    var loaded = 0
    for _ in 0..<300 {
      var damaged = good
      for _ in 0...Int.random(in: 0...1, using: &random) {
        let key = keys[Int.random(in: 0..<keys.count, using: &random)]
        switch damaged[key] {
        case .strings(var list)? where !list.isEmpty:
          let index = Int.random(in: 0..<list.count, using: &random)
          if Bool.random(using: &random) { list[index] = mutator.mutate(list[index]) } else { list.remove(at: index) }
          damaged[key] = .strings(list)
        case .ints(var list)? where !list.isEmpty:
          list[Int.random(in: 0..<list.count, using: &random)] = Int64.random(in: -2...9, using: &random)
          damaged[key] = .ints(list)
        case .floats(var list)? where !list.isEmpty:
          list[Int.random(in: 0..<list.count, using: &random)] =
            [.nan, .infinity, -.infinity, 1e30][Int.random(in: 0..<4, using: &random)]
          damaged[key] = .floats(list)
        default: damaged[key] = strays[Int.random(in: 0..<strays.count, using: &random)]
        }
      }
      do {
        exercise(try TokenizerReader.fromGGUF(metadata: damaged, path: "fuzz"))
        loaded += 1
      } catch is ModelError {}
    }
    #expect(loaded > 0 && loaded < 300)
  }
}
