/// What `prism inspect` says about a model.
package struct ModelSummary: Codable, Hashable, Sendable {
  /// Such as `GGUF version 3`.
  package let format: String
  /// Such as `Llama decoder, 9 heads sharing 3 key-value heads, output tied to the embedding`.
  package let architecture: String
  package let parameterCount: Int
  /// Size of the weight files.
  package let fileBytes: Int
  /// Number of tensors of each storage type, by its name.
  package let tensorTypes: [String: Int]
  package let layerCount: Int
  package let hiddenSize: Int
  package let headCount: Int
  package let keyValueHeadCount: Int
  package let headSize: Int
  package let feedForwardSize: Int
  package let contextLength: Int
  package let vocabularySize: Int
  package let hasChatTemplate: Bool

  init(
    format: String, configuration: ModelConfiguration, tensors: [TensorRecord], fileBytes: Int,
    hasChatTemplate: Bool
  ) {
    self.format = format
    architecture = Self.words(configuration)
    parameterCount = CheckpointLayout.shapes(configuration).values.reduce(0) {
      $0 + $1.reduce(1, *)
    }
    self.fileBytes = fileBytes
    tensorTypes = tensors.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
    layerCount = configuration.layerCount
    hiddenSize = configuration.hiddenSize
    headCount = configuration.headCount
    keyValueHeadCount = configuration.keyValueHeadCount
    headSize = configuration.headSize
    feedForwardSize = configuration.feedForwardSize
    contextLength = configuration.contextLength
    vocabularySize = configuration.vocabularySize
    self.hasChatTemplate = hasChatTemplate
  }

  private static func words(_ model: ModelConfiguration) -> String {
    let family =
      switch model.architecture {
      case .llama: "Llama"
      case .mistral: "Mistral"
      case .qwen2: "Qwen2"
      }
    let heads =
      model.headCount == model.keyValueHeadCount
      ? "\(model.headCount) heads"
      : "\(model.headCount) heads sharing \(model.keyValueHeadCount) key-value heads"
    let rope =
      switch model.ropeScaling {
      case .none: ""
      case .linear(let factor): ", rope stretched linearly by \(factor)"
      case .llama3(let factor, _, _, _): ", rope stretched by \(factor) as in Llama 3"
      case .divisors: ", rope stretched by a table"
      }
    let biases = model.attentionBias ? ", biases on query, key and value" : ""
    let output = model.tiedOutput ? "output tied to the embedding" : "output matrix of its own"
    return "\(family) decoder, \(heads)\(biases)\(rope), \(output)"
  }
}
