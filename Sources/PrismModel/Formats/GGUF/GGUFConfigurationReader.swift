/// Reads the shape of the decoder from a GGUF file's metadata.
struct GGUFConfigurationReader {
  private let file: GGUFFile
  /// What the architecture's keys begin with, such as `llama`.
  private let prefix: String
  private var problems: [String] = []

  /// Throws `ModelError.unsupported` for another architecture or feature and `.problems` listing
  /// every missing, mistyped and out-of-range value.
  static func read(_ file: GGUFFile) throws -> ModelConfiguration {
    guard let name = file.metadata["general.architecture"]?.text else {
      throw ModelError.problems(
        path: file.path, ["general.architecture is missing or not a string"])
    }
    guard name == "llama" || name == "qwen2" else {
      throw ModelError.unsupported(
        path: file.path, what: "architecture \(name)",
        supported: "llama (also Mistral, SmolLM2), qwen2")
    }
    var reader = GGUFConfigurationReader(file: file, prefix: name)
    try reader.requireSupported()
    let model = try reader.configuration(architecture: name == "llama" ? .llama : .qwen2)
    try ConfigurationRules.require(model, path: file.path)
    return model
  }

  private init(file: GGUFFile, prefix: String) {
    self.file = file
    self.prefix = prefix
  }

  private func requireSupported() throws {
    func refuse(_ what: String, _ supported: String) throws {
      throw ModelError.unsupported(path: file.path, what: what, supported: supported)
    }
    if let experts = value("expert_count")?.integer, experts > 0 {
      try refuse("a mixture of \(experts) experts", "dense decoders")
    }
    if let parts = file.metadata["split.count"]?.integer, parts > 1 {
      try refuse("\(parts) files that belong together", "a model in a single GGUF file")
    }
    if let kind = file.metadata["general.type"]?.text, kind != "model" {
      try refuse("GGUF content of type \(kind)", "model")
    }
  }

  private mutating func configuration(
    architecture: ModelConfiguration.Architecture
  ) throws -> ModelConfiguration {
    let hidden = integer("embedding_length")
    let heads = integer("attention.head_count")
    let keyValueHeads = integer("attention.head_count_kv", default: heads)
    let derivedHeadSize = heads > 0 && hidden % heads == 0 ? hidden / heads : 0
    let rotated = integer("rope.dimension_count", default: derivedHeadSize)
    let headSize = integer("attention.key_length", default: rotated)
    let valueSize = integer("attention.value_length", default: headSize)
    if headSize != rotated || headSize != valueSize {
      problems.append(
        "key, value and rotary sizes of a head are \(headSize), \(valueSize) and \(rotated); they must be equal"
      )
    }
    var context = integer("context_length")
    if let window = value("attention.sliding_window")?.integer, window > 0 {
      context = min(context, window)
    }
    let vocabulary = vocabularySize()
    let model = ModelConfiguration(
      architecture: architecture, vocabularySize: vocabulary, hiddenSize: hidden,
      layerCount: integer("block_count"), headCount: heads, keyValueHeadCount: keyValueHeads,
      headSize: headSize, feedForwardSize: integer("feed_forward_length"), contextLength: context,
      normEpsilon: Float(number("attention.layer_norm_rms_epsilon", default: nil)),
      ropeBase: number("rope.freq_base", default: 10_000), ropeScaling: try ropeScaling(),
      tiedOutput: !has(GGUFTensorNames.output),
      attentionBias: architecture == .qwen2 || has("blk.0.attn_q.bias"))
    if !problems.isEmpty { throw ModelError.problems(path: file.path, problems) }
    return model
  }

  private mutating func ropeScaling() throws -> RopeScaling {
    let divisors = file.tensors.first { $0.name == GGUFTensorNames.ropeDivisors }
    let kind =
      value("rope.scaling.type")?.text ?? (value("rope.scale_linear") == nil ? "none" : "linear")
    switch (kind, divisors) {
    case ("none", nil):
      return .none
    case ("linear", nil):
      let key = value("rope.scaling.factor") == nil ? "rope.scale_linear" : "rope.scaling.factor"
      return .linear(factor: number(key, default: nil))
    case ("none", let tensor?):
      // Bounded before reading: the largest head size allowed has this many divisors.
      guard tensor.count <= 32_768 else {
        problems.append("\(tensor.name) has \(tensor.count) values; allowed: at most 32768")
        return .none
      }
      var values = [Float](repeating: 0, count: tensor.count)
      values.withUnsafeMutableBufferPointer { file.read(tensor, into: $0) }
      return .divisors(values)
    default:
      throw ModelError.unsupported(
        path: file.path,
        what: "rope scaling \(kind)\(divisors == nil ? "" : " with frequency divisors")",
        supported: "none, linear, frequency divisors (Llama 3)")
    }
  }

  private mutating func vocabularySize() -> Int {
    guard let embedding = file.tensors.first(where: { $0.name == GGUFTensorNames.embedding }) else {
      problems.append("missing tensor \(GGUFTensorNames.embedding)")
      return 0
    }
    let rowCount = embedding.shape.first ?? 0
    if let tokens = file.metadata["tokenizer.ggml.tokens"]?.entryCount, tokens > rowCount {
      problems.append("the vocabulary has \(tokens) tokens but the embedding only \(rowCount) rows")
    }
    return rowCount
  }

  private func has(_ tensor: String) -> Bool { file.tensors.contains { $0.name == tensor } }

  private func value(_ key: String) -> MetadataValue? { file.metadata["\(prefix).\(key)"] }

  /// An integer, given once or for every layer alike. Records a problem and returns 0 otherwise.
  private mutating func integer(_ key: String, default fallback: Int? = nil) -> Int {
    switch value(key) {
    case nil:
      if let fallback { return fallback }
      problems.append("\(prefix).\(key) is missing")
    case .ints(let values):
      if let first = values.first, values.allSatisfy({ $0 == first }) { return Int(first) }
      problems.append("\(prefix).\(key) differs between layers, which is not supported")
    case let value?:
      if let integer = value.integer { return integer }
      problems.append("\(prefix).\(key) is \(value.kind) instead of an integer")
    }
    return 0
  }

  private mutating func number(_ key: String, default fallback: Double?) -> Double {
    if let value = value(key) {
      if let number = value.number { return number }
      problems.append("\(prefix).\(key) is \(value.kind) instead of a number")
      return 0
    }
    if let fallback { return fallback }
    problems.append("\(prefix).\(key) is missing")
    return 0
  }
}
