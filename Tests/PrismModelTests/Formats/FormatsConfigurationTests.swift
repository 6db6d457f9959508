import Foundation
import PrismModel
import Testing

@Suite("config.json")
struct FormatsConfigurationTests {
  struct Known: CustomTestStringConvertible, Sendable {
    let name: String
    let json: String
    let expected: ModelConfiguration
    var testDescription: String { name }
  }

  static func model(
    _ architecture: ModelConfiguration.Architecture, _ vocabulary: Int, _ hidden: Int,
    _ layers: Int, _ heads: Int, _ keyValueHeads: Int, _ headSize: Int, _ feedForward: Int,
    _ context: Int, _ epsilon: Float, _ base: Double, _ scaling: RopeScaling = .none,
    tied: Bool = false
  ) -> ModelConfiguration {
    ModelConfiguration(
      architecture: architecture, vocabularySize: vocabulary, hiddenSize: hidden,
      layerCount: layers,
      headCount: heads, keyValueHeadCount: keyValueHeads, headSize: headSize,
      feedForwardSize: feedForward, contextLength: context, normEpsilon: epsilon, ropeBase: base,
      ropeScaling: scaling, tiedOutput: tied, attentionBias: architecture == .qwen2)
  }

  static let llama31 = """
    "model_type": "llama", "vocab_size": 128256, "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "hidden_act": "silu",
    "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": false
    """
  static let scaling31 = """
    "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192, "rope_type": "llama3"
    """
  static let qwen25 = """
    "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896, "num_hidden_layers": 24,
    "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
    "max_position_embeddings": 32768, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
    "sliding_window": 1024, "max_window_layers": 21, "tie_word_embeddings": true
    """
  static let mistral = """
    "model_type": "mistral", "vocab_size": 32768, "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "head_dim": null,
    "max_position_embeddings": 32768, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0
    """
  static let llama31Model = model(
    .llama, 128_256, 4096, 32, 32, 8, 128, 14336, 131_072, 1e-5, 500_000,
    .llama3(factor: 8, lowFactor: 1, highFactor: 4, originalContext: 8192))

  static let known = [
    Known(
      name: "Llama 2 7B",
      json: """
        {"model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "num_hidden_layers": 32,
         "num_attention_heads": 32, "intermediate_size": 11008, "max_position_embeddings": 4096,
         "rms_norm_eps": 1e-05, "rope_scaling": null, "hidden_act": "silu", "pretraining_tp": 1}
        """,
      expected: model(.llama, 32000, 4096, 32, 32, 32, 128, 11008, 4096, 1e-5, 10_000)),
    Known(
      name: "Llama 3.1 8B",
      json: "{\(llama31), \"rope_theta\": 500000.0, \"rope_scaling\": {\(scaling31)}}",
      expected: llama31Model),
    Known(
      name: "Llama 3.1 8B as transformers 5 writes it",
      json: "{\(llama31), \"rope_parameters\": {\"rope_theta\": 500000.0, \(scaling31)}}",
      expected: llama31Model),
    Known(
      name: "linear scaling in the old spelling",
      json: "{\(llama31), \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}}",
      expected: model(
        .llama, 128_256, 4096, 32, 32, 8, 128, 14336, 131_072, 1e-5, 10_000, .linear(factor: 2))),
    Known(
      name: "SmolLM2 135M",
      json: """
        {"model_type": "llama", "vocab_size": 49152, "hidden_size": 576, "num_hidden_layers": 30,
         "num_attention_heads": 9, "num_key_value_heads": 3, "intermediate_size": 1536,
         "max_position_embeddings": 8192, "rms_norm_eps": 1e-05, "rope_theta": 100000,
         "rope_interleaved": false, "tie_word_embeddings": true}
        """,
      expected: model(.llama, 49152, 576, 30, 9, 3, 64, 1536, 8192, 1e-5, 100_000, tied: true)),
    Known(
      name: "Mistral 7B v0.3", json: "{\(mistral), \"sliding_window\": null}",
      expected: model(.mistral, 32768, 4096, 32, 32, 8, 128, 14336, 32768, 1e-5, 1_000_000)),
    Known(
      name: "Mistral with a window", json: "{\(mistral), \"sliding_window\": 4096}",
      expected: model(.mistral, 32768, 4096, 32, 32, 8, 128, 14336, 4096, 1e-5, 1_000_000)),
    Known(
      name: "heads wider than the hidden size",
      json:
        "{\(mistral.replacing("\"head_dim\": null", with: "\"head_dim\": 160")), \"sliding_window\": null}",
      expected: model(.mistral, 32768, 4096, 32, 32, 8, 160, 14336, 32768, 1e-5, 1_000_000)),
    Known(
      name: "Qwen2.5 0.5B, window unused", json: "{\(qwen25), \"use_sliding_window\": false}",
      expected: model(.qwen2, 151_936, 896, 24, 14, 2, 64, 4864, 32768, 1e-6, 1_000_000, tied: true)
    ),
    Known(
      name: "Qwen2.5 0.5B, window used", json: "{\(qwen25), \"use_sliding_window\": true}",
      expected: model(.qwen2, 151_936, 896, 24, 14, 2, 64, 4864, 1024, 1e-6, 1_000_000, tied: true)),
  ]

  @Test(arguments: known)
  func knownModels(_ known: Known) throws {
    let found = try FormatsFixtures.withFile(Array(known.json.utf8)) {
      try ConfigurationJSON.read(path: $0)
    }
    #expect(found == known.expected)
  }

  /// A change to Llama 3.1's file and what must be said about it.
  static let refused = [
    ("\"model_type\": \"llama\"", "\"model_type\": \"mixtral\"", "the architecture mixtral"),
    ("\"model_type\": \"llama\"", "\"model_type\": 3", "model_type is missing or not a string"),
    ("\"silu\"", "\"gelu\"", "hidden_act gelu"),
    ("\"mlp_bias\": false", "\"mlp_bias\": true", "needs mlp_bias"),
    ("\"attention_bias\": false", "\"attention_bias\": true", "needs attention_bias"),
    ("\"mlp_bias\": false", "\"num_local_experts\": 8", "a mixture of 8 experts"),
    (
      "\"mlp_bias\": false", "\"quantization_config\": {\"quant_method\": \"gptq\"}",
      "quantised by gptq"
    ),
    (
      "\"mlp_bias\": false", "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4}",
      "the rope type yarn"
    ),
    ("\"mlp_bias\": false", "\"rope_scaling\": {\"factor\": 4}", "rope_scaling has no rope_type"),
    (
      "\"mlp_bias\": false", "\"rope_scaling\": {\"type\": \"linear\"}",
      "rope_scaling.factor is missing"
    ),
    (
      "\"mlp_bias\": false", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}",
      "rope factor is 0"
    ),
    (
      "\"mlp_bias\": false",
      "\"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 4}",
      "0 < low < high"
    ),
    ("\"mlp_bias\": false", "\"rope_theta\": 0", "rope base is 0"),
    ("\"hidden_size\": 4096, ", "", "hidden_size is missing"),
    ("32, \"num_key", "0, \"num_key", "head count is 0"),
    ("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 5", "cannot share 5"),
    ("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 8, \"head_dim\": 63", "must be even"),
    (
      "\"vocab_size\": 128256", "\"vocab_size\": 128256.5",
      "vocab_size is 128256.5 instead of an integer"
    ),
    (
      "\"vocab_size\": 128256", "\"vocab_size\": 9223372036854775807",
      "vocabulary size is 9223372036854775807"
    ),
    ("\"num_hidden_layers\": 32", "\"num_hidden_layers\": -1", "layer count is -1"),
    ("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e300", "norm epsilon"),
    ("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": 1", "instead of true or false"),
    ("\"vocab_size\": 128256", "\"vocab_size\": 128256, \"vocab_size\": 2", "twice"),
  ]

  @Test(arguments: refused)
  func refusals(_ old: String, _ new: String, _ message: String) throws {
    let json = "{\(Self.llama31)}"
    #expect(json.contains(old))
    let found = Self.message(json.replacing(old, with: new))
    #expect(found.contains(message), "\(found)")
  }

  @Test func listsEverythingWrongAtOnce() {
    let found = Self.message("{\"model_type\": \"llama\", \"vocab_size\": \"many\"}")
    for part in [
      "vocab_size is", "hidden_size is missing", "num_hidden_layers is missing",
      "intermediate_size is missing",
    ] {
      #expect(found.contains(part), "\(found)")
    }
  }

  private static func message(_ json: String) -> String {
    do {
      _ = try FormatsFixtures.withFile(Array(json.utf8)) { try ConfigurationJSON.read(path: $0) }
      return "loads"
    } catch { return "\(error)" }
  }
}
