/// The pre-tokenizers we know under the names GGUF files give them.
enum GGUFPreTokenizer: String, CaseIterable {
  case gpt2 = "gpt-2"
  case smollm
  case qwen2
  case deepseekR1Qwen = "deepseek-r1-qwen"
  case llamaBPE = "llama-bpe"
  case llama3 = "llama3"
  case llamaV3 = "llama-v3"

  var preTokenizer: PreTokenizer {
    switch self {
    case .gpt2: PreTokenizer(pattern: .gpt2)
    case .smollm: PreTokenizer(splitsDigits: true, pattern: .gpt2)
    case .qwen2, .deepseekR1Qwen: PreTokenizer(pattern: .qwen2)
    case .llamaBPE, .llama3, .llamaV3: PreTokenizer(pattern: .llama3)
    }
  }

  /// Qwen2's own tokenizer composes text first; the file does not say so.
  var normalizer: TextNormalizer {
    self == .qwen2 ? TextNormalizer(steps: [.nfc]) : TextNormalizer()
  }

  var isLlama3: Bool { self == .llamaBPE || self == .llama3 || self == .llamaV3 }
  var ignoresMerges: Bool { isLlama3 }
  /// What holds where the file does not say.
  var addsBeginToken: Bool { isLlama3 }
}
