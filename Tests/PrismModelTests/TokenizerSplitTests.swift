import PrismModel
import Testing

/// Where merges exist that a pre-tokenizer must prevent; trained vocabularies have none of those.
@Suite struct TokenizerSplitTests {
  /// 1 and 2 are ids 0 and 1, 12 is 2, 122 is 3. Qwen2 parts all digits, Llama 3 after three.
  @Test(arguments: [(#"\p{N}"#, [Int32](arrayLiteral: 0, 1, 1, 0)), (#"\p{N}{1,3}"#, [3, 0])])
  func digitsAreParted(digits: String, ids: [Int32]) throws {
    let pattern =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    let escaped = pattern.map { $0 == "\\" ? "\\\\" : String($0) }.joined()
    let file = #"""
      {"pre_tokenizer":{"type":"Sequence","pretokenizers":[
        {"type":"Split","pattern":{"Regex":"\#(escaped)"},"behavior":"Isolated"},
        {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]},
       "decoder":{"type":"ByteLevel"},
       "model":{"type":"BPE","vocab":{"1":0,"2":1,"12":2,"122":3},"merges":["1 2","12 2"]}}
      """#
    let tokenizer = try TokenizerErrorTests.load(file, settings: #"{"eos_token":"1"}"#)
    #expect(tokenizer.encode("1221", parsingControlTokens: false) == ids)
  }

  /// ▁ goes in front of the text (`first`) or of each part after an added token too (`always`).
  @Test(arguments: [("first", [Int32](arrayLiteral: 1, 0, 2, 0)), ("always", [1, 0, 2, 1, 0]), ("never", [0, 2, 0])])
  func markStandsWhereTheSchemeSays(scheme: String, ids: [Int32]) throws {
    let file = #"""
      {"added_tokens":[{"id":2,"content":"<x>","special":true}],
       "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"\#(scheme)","split":false},
       "decoder":{"type":"Replace","pattern":{"String":"▁"},"content":" "},
       "model":{"type":"BPE","vocab":{"a":0,"▁":1},"merges":[]}}
      """#
    let tokenizer = try TokenizerErrorTests.load(file, settings: #"{"eos_token":"<x>"}"#)
    #expect(tokenizer.encode("a<x>a", parsingControlTokens: true) == ids)
  }
}
