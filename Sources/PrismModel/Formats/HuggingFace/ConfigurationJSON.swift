/// Reads the shape of the decoder from a Hugging Face `config.json`. Defaults are those that
/// transformers has for the architecture.
package struct ConfigurationJSON {
  static let fileName = "config.json"
  private static let longestFile = 1_000_000

  private let node: JSONNode
  private let path: String
  private var problems: [String] = []

  /// Throws `ModelError.unsupported` for another architecture or feature, `.problems` listing
  /// every missing, mistyped and out-of-range value, and `.malformed` for broken JSON.
  package static func read(path: String) throws -> ModelConfiguration {
    try read(JSONReader.parse(path: path, byteLimit: longestFile), path: path)
  }

  static func read(_ node: JSONNode, path: String) throws -> ModelConfiguration {
    guard case .object = node else {
      throw ModelError.malformed(
        path: path, at: "its top", expected: "a JSON object", found: node.kind)
    }
    var reader = ConfigurationJSON(node: node, path: path)
    let model = try reader.configuration()
    try ConfigurationRules.require(model, path: path)
    return model
  }

  private init(node: JSONNode, path: String) {
    self.node = node
    self.path = path
  }

  private func refuse(_ what: String, _ supported: String) -> ModelError {
    .unsupported(path: path, what: what, supported: supported)
  }

  private func architecture() throws -> ModelConfiguration.Architecture {
    guard let type = node["model_type"]?.text else {
      throw ModelError.problems(path: path, ["model_type is missing or not a string"])
    }
    guard let architecture = ModelConfiguration.Architecture(rawValue: type) else {
      throw refuse("the architecture \(type)", "dense llama, mistral and qwen2 decoders")
    }
    for key in ["num_experts", "num_local_experts"] {
      if let count = node[key]?.integer, count > 1 {
        throw refuse("a mixture of \(count) experts", "dense decoders")
      }
    }
    return architecture
  }

  private func requireSupported(_ architecture: ModelConfiguration.Architecture) throws {
    if let activation = node["hidden_act"], activation.text != "silu" {
      throw refuse("hidden_act \(activation.text ?? activation.kind)", "silu")
    }
    if node["mlp_bias"]?.boolean == true {
      throw refuse("mlp_bias", "feed-forward maps without bias")
    }
    if architecture != .qwen2, node["attention_bias"]?.boolean == true {
      throw refuse(
        "attention_bias, which gives the output projection a bias", "attention without it")
    }
    if let method = node["quantization_config"] {
      throw refuse(
        "weights quantised by \(method["quant_method"]?.text ?? "another tool")",
        "F32, F16 and BF16 safetensors, or a GGUF file")
    }
    if let share = node["partial_rotary_factor"]?.double, share != 1 {
      throw refuse("rotation of a part of each head", "rotation of whole heads")
    }
  }

  private mutating func configuration() throws -> ModelConfiguration {
    let architecture = try architecture()
    try requireSupported(architecture)
    let hidden = integer("hidden_size")
    let heads = integer("num_attention_heads")
    let context = integer("max_position_embeddings")
    let headSize = integer(
      "head_dim", default: heads > 0 && hidden % heads == 0 ? hidden / heads : 0)
    var rope = RopeJSON(node: node, path: path)
    let scaling = try rope.scaling(context: context)
    let base = rope.base()
    let model = ModelConfiguration(
      architecture: architecture, vocabularySize: integer("vocab_size"), hiddenSize: hidden,
      layerCount: integer("num_hidden_layers"), headCount: heads,
      keyValueHeadCount: integer(
        "num_key_value_heads", default: architecture == .llama ? heads : nil),
      headSize: headSize, feedForwardSize: integer("intermediate_size"),
      contextLength: min(context, window(architecture) ?? context),
      normEpsilon: Float(number("rms_norm_eps", default: 1e-6)), ropeBase: base,
      ropeScaling: scaling,
      tiedOutput: boolean("tie_word_embeddings"), attentionBias: architecture == .qwen2)
    problems += rope.problems
    if !problems.isEmpty { throw ModelError.problems(path: path, problems) }
    return model
  }

  /// Positions a token can look back, where that is limited.
  private mutating func window(_ architecture: ModelConfiguration.Architecture) -> Int? {
    switch architecture {
    case .llama: return nil
    case .mistral: if node.members?["sliding_window"] == .null { return nil }
    case .qwen2: if !boolean("use_sliding_window") { return nil }
    }
    return integer("sliding_window", default: 4096)
  }

  /// Records a problem and returns 0 when the value is missing without a default, or no integer.
  private mutating func integer(_ key: String, default fallback: Int? = nil) -> Int {
    if let value = node[key] {
      if let integer = value.integer { return integer }
      problems.append("\(key) is \(value.kind) instead of an integer")
      return 0
    }
    if let fallback { return fallback }
    problems.append("\(key) is missing")
    return 0
  }

  private mutating func number(_ key: String, default fallback: Double) -> Double {
    guard let value = node[key] else { return fallback }
    if let number = value.double { return number }
    problems.append("\(key) is \(value.kind) instead of a number")
    return 0
  }

  private mutating func boolean(_ key: String) -> Bool {
    guard let value = node[key] else { return false }
    if let flag = value.boolean { return flag }
    problems.append("\(key) is \(value.kind) instead of true or false")
    return false
  }
}
