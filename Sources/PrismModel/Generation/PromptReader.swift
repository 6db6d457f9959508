import CKernels
package import PrismTensor

/// The part of a model that a gate needs: tokenizer, chat template, embedding and the layers up to the
/// gate's. It reads prompts and cannot answer them.
///
/// What it gives for a prompt does not depend on the prompts beside it. Not thread-safe: a reader and
/// its memory belong to one thread at a time.
package final class PromptReader {
  package let renderer: ChatRenderer
  /// Of the whole model.
  package let configuration: ModelConfiguration
  package let fingerprint: String
  /// The last layer there is, whose output the gate reads.
  package let layer: Int
  private let reader: PackedReader

  /// Packs nothing above `layer`, and keeps no hold of the file.
  ///
  /// Throws `ModelError`, or `TensorError` when memory is short.
  package init(files: ModelFiles, weights: WeightFormat, layer: Int) throws {
    guard (0..<files.configuration.layerCount).contains(layer) else {
      throw ModelError.invalidSetting(
        name: "layer", value: "\(layer)", allowed: "0 to \(files.configuration.layerCount - 1)")
    }
    renderer = try ChatRenderer(template: files.chatTemplate, tokenizer: files.tokenizer)
    configuration = files.configuration
    fingerprint = files.fingerprint
    self.layer = layer
    let transformer = try Transformer(
      firstLayers: layer + 1, of: files.configuration, weights: files.weights, format: weights)
    let settings = GeneratorSettings()
    prism_require_row_independence(1)
    reader = PackedReader(
      pass: ForwardPass(model: transformer),
      pool: KeyValuePool(transformer.configuration, precision: transformer.precision),
      maximumRows: settings.maximumRows, cacheTokens: settings.cacheTokens)
  }

  /// The hidden state of each prompt's last token after `layer`, D values, as `Generator.features` has it.
  /// Throws `ModelError` for a prompt that does not fit the model.
  package func features(_ prompts: [RenderedPrompt]) throws -> [[Float]] {
    for prompt in prompts { try configuration.check(prompt) }
    return try reader.features(prompts, afterLayer: layer)
  }
}

extension PackedReader {
  /// The hidden state of each prompt's last token after `layer`, D values.
  ///
  /// Nothing is shared: serving reads a prompt in these very pieces, and the gate must see the same.
  func features(_ prompts: [RenderedPrompt], afterLayer layer: Int) throws -> [[Float]] {
    var result = [[Float]](repeating: [], count: prompts.count)
    try read(
      prompts.map { .init(tokens: $0.tokens) }, layers: 0..<layer + 1, sharing: false
    ) { rows in
      for entry in rows {
        result[entry.sequence] = Array(pass.lastHiddenState(ofSegment: entry.segment))
      }
    }
    return result
  }
}
