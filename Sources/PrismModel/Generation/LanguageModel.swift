public import PrismTensor

/// A model ready to run: weights, tokenizer and chat template. Immutable and shared freely.
public final class LanguageModel: Sendable {
  public let path: String
  public let configuration: ModelConfiguration
  public let precision: Precision
  /// SHA-256 over configuration, tensors and tokenizer; bundles name the model they were made for by it.
  public let fingerprint: String
  public let renderer: ChatRenderer
  package let transformer: Transformer

  public var tokenizer: any Tokenizer { renderer.tokenizer }

  /// Opens a GGUF file or a Hugging Face folder and packs its weights.
  /// Throws `ModelError` or `TensorError`.
  public convenience init(path: String, precision: Precision = .best) throws {
    try self.init(files: ModelFiles.open(path), precision: precision)
  }

  /// Packs the weights of opened files. Throws `ModelError` or `TensorError`.
  package init(files: ModelFiles, precision: Precision = .best) throws {
    path = files.path
    configuration = files.configuration
    self.precision = precision
    fingerprint = files.fingerprint
    renderer = try ChatRenderer(template: files.chatTemplate, tokenizer: files.tokenizer)
    transformer = try Transformer(
      configuration: files.configuration, weights: files.weights, precision: precision)
  }
}
