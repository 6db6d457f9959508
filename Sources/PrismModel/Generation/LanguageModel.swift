public import PrismTensor

/// A model ready to run: weights, tokenizer and chat template. Immutable and shared freely.
public final class LanguageModel: Sendable {
  public let path: String
  public let configuration: ModelConfiguration
  /// Of products' inputs and the key-value cache.
  public let precision: Precision
  /// SHA-256 over configuration, tensors and tokenizer; bundles name the model they were made for by it.
  public let fingerprint: String
  public let renderer: ChatRenderer
  package let transformer: Transformer

  public var tokenizer: any Tokenizer { renderer.tokenizer }

  public var weights: WeightFormat { transformer.format }

  /// Opens a GGUF file or a Hugging Face folder and packs its weights.
  /// Throws `ModelError` or `TensorError`.
  public convenience init(path: String, precision: Precision = .best) throws {
    try self.init(files: ModelFiles.open(path), weights: WeightFormat(precision))
  }

  /// The same with weights stored in a given format. Throws `ModelError` or `TensorError`.
  public convenience init(path: String, weights: WeightFormat) throws {
    try self.init(files: ModelFiles.open(path), weights: weights)
  }

  /// Packs the weights of opened files. Throws `ModelError` or `TensorError`.
  package convenience init(files: ModelFiles, precision: Precision = .best) throws {
    try self.init(files: files, weights: WeightFormat(precision))
  }

  /// Packs the weights of opened files. Throws `ModelError` or `TensorError`.
  package init(files: ModelFiles, weights: WeightFormat) throws {
    path = files.path
    configuration = files.configuration
    precision = weights.inputs
    fingerprint = files.fingerprint
    renderer = try ChatRenderer(template: files.chatTemplate, tokenizer: files.tokenizer)
    transformer = try Transformer(
      configuration: files.configuration, weights: files.weights, format: weights)
    // Whoever runs the model may do so on another thread.
    Threads.release()
  }
}
