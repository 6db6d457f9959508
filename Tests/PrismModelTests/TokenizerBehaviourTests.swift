import Foundation
import PrismModel
import Testing

@Suite struct TokenizerBehaviourTests {
  /// 100 kB take a few hundredths of a second. Quadratic work would be 10^10 steps, ten seconds at the
  /// least; the bound lies between with room for a busy machine.
  @Test(arguments: ["gpt2", "qwen2", "llama3", "llama2", "metaspace_always"])
  func longTextsTakeLinearTime(name: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    for unit in ["a", "ab", " ", "\n ", "<", "'", "7", "\u{301}", "<|im_"] {
      let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
      let time = ContinuousClock().measure { _ = tokenizer.encode(text, parsingControlTokens: true) }
      #expect(time < .seconds(2), "\(unit.debugDescription)")
    }
  }

  /// Bytes decide: é composed and é decomposed are different texts, except where the model composes.
  @Test(arguments: [("gpt2", false), ("llama3", false), ("llama2", false), ("qwen2", true)])
  func canonicalEquivalentsAreTold(name: String, isSame: Bool) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    let composed = tokenizer.encode("na\u{EF}ve", parsingControlTokens: false)
    let decomposed = tokenizer.encode("nai\u{308}ve", parsingControlTokens: false)
    #expect((composed == decomposed) == isSame)
  }

  /// A vocabulary with both spellings of é keeps both; a dictionary of strings would lose one.
  @Test func canonicalEquivalentTokensAreTwo() throws {
    let file = #"""
      {"added_tokens":[],"normalizer":null,
       "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":false},
       "decoder":{"type":"Replace","pattern":{"String":"▁"},"content":" "},
       "model":{"type":"BPE","vocab":{"e":0,"\u0301":1,"e\u0301":2,"\u00e9":3},"merges":[["e","\u0301"]]}}
      """#
    let tokenizer = try TokenizerErrorTests.load(file, settings: #"{"eos_token":"e"}"#)
    #expect(tokenizer.encode("e\u{301}\u{E9}", parsingControlTokens: false) == [2, 3])
    #expect(Array(tokenizer.decode([2, 3]).utf8) == Array("e\u{301}\u{E9}".utf8))
  }

  @Test func fingerprintTellsTokenizersApart() throws {
    let prints = try TokenizerFixtures.all.map { try TokenizerFixtures.tokenizer($0).fingerprint }
    #expect(Set(prints).count == prints.count)
    #expect(prints.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
    #expect(try TokenizerFixtures.tokenizer("gpt2").fingerprint == prints[0])
    let good = TokenizerErrorTests.good
    let base = try TokenizerErrorTests.load(good).fingerprint
    for (old, new) in [
      (#""ab":2"#, #""ab":4"#), (#"["a b"]"#, "[]"), (#""special":true"#, #""special":true,"lstrip":true"#),
      (#""normalizer":null"#, #""normalizer":{"type":"NFC"}"#),
      (#""add_prefix_space":false"#, #""add_prefix_space":true"#),
    ] {
      #expect(try TokenizerErrorTests.load(good.replacingOccurrences(of: old, with: new)).fingerprint != base)
    }
  }

  @Test func endsComeFromTheFiles() throws {
    let smollm = try TokenizerFixtures.tokenizer("smollm")
    let names = Set(smollm.stopTokens.compactMap { smollm.controlTokens[$0] })
    #expect(names == ["<|im_end|>", "<|endoftext|>"])
    #expect(smollm.controlTokens[smollm.endToken] == "<|im_end|>")
    #expect(!smollm.addsBeginToken)
    let llama3 = try TokenizerFixtures.tokenizer("llama3")
    #expect(Set(llama3.stopTokens.compactMap { llama3.controlTokens[$0] }) == ["<|end_of_text|>", "<|eot_id|>"])
    let llama2 = try TokenizerFixtures.tokenizer("llama2")
    #expect(llama2.controlTokens[llama2.endToken] == "</s>")
    #expect(llama2.beginToken.flatMap { llama2.controlTokens[$0] } == "<s>")
    #expect(llama2.addsBeginToken)
  }
}
