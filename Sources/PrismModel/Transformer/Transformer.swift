package import PrismTensor

/// Weights of one decoder layer, packed for the forward pass.
package struct TransformerLayer: Sendable {
  /// `[D]`
  package let attentionNorm: [Float]
  /// D -> (H + 2K) E: query, key and value side by side.
  package let queryKeyValue: PackedMatrix
  /// `[(H + 2K) E]`; empty without biases.
  package let queryKeyValueBias: [Float]
  /// H E -> D
  package let output: PackedMatrix
  /// `[D]`
  package let feedForwardNorm: [Float]
  /// D -> 2F: gate and up side by side.
  package let gateUp: PackedMatrix
  /// F -> D
  package let down: PackedMatrix
}

/// An immutable Llama-family decoder. Adapters are arguments of a pass, never part of it.
package final class Transformer: Sendable {
  package let configuration: ModelConfiguration
  /// Of everything but the matrices: inputs of products, key-value cache, embedding.
  package let precision: Precision
  package let format: WeightFormat
  package let embedding: RowTable
  package let layers: [TransformerLayer]
  package let finalNorm: [Float]
  /// D -> V
  package let head: PackedMatrix
  /// Where the weights came from; the trainer packs them a second time, for the backward pass.
  package let weights: any TensorSource

  /// Packs every weight. Throws when a tensor is missing or memory is short.
  package init(
    configuration: ModelConfiguration, weights: any TensorSource, format: WeightFormat
  ) throws {
    self.configuration = configuration
    self.format = format
    precision = format.inputs
    self.weights = weights
    let reader = WeightReader(weights)
    let model = configuration
    embedding = try RowTable(
      reader.floats(CheckpointName.embedding), columns: model.hiddenSize, precision: precision)
    layers = try (0..<model.layerCount).map { layer in
      func name(_ part: String) -> String { CheckpointName.layer(layer, part) }
      let bias =
        model.attentionBias
        ? try [Projection.query, .key, .value].flatMap { try reader.floats(name($0.bias)) } : []
      return TransformerLayer(
        attentionNorm: try reader.floats(name(CheckpointName.attentionNorm)),
        queryKeyValue: try reader.packed(
          [.query, .key, .value], layer: layer, model: model, format: format),
        queryKeyValueBias: bias,
        output: try reader.packed([.output], layer: layer, model: model, format: format),
        feedForwardNorm: try reader.floats(name(CheckpointName.feedForwardNorm)),
        gateUp: try reader.packed([.gate, .up], layer: layer, model: model, format: format),
        down: try reader.packed([.down], layer: layer, model: model, format: format))
    }
    finalNorm = try reader.floats(CheckpointName.finalNorm)
    let output = try reader.floats(model.tiedOutput ? CheckpointName.embedding : CheckpointName.output)
    head = try output.withUnsafeBufferPointer { values in
      try PackedMatrix(
        values.baseAddress!, inputs: model.hiddenSize, outputs: model.vocabularySize,
        transposed: true, format: format)
    }
  }

  /// The same in the format of a precision.
  package convenience init(
    configuration: ModelConfiguration, weights: any TensorSource, precision: Precision
  ) throws {
    try self.init(
      configuration: configuration, weights: weights, format: WeightFormat(precision))
  }

  /// Bytes of packed weights that one row reads: every layer and the output matrix.
  package var bytesPerRow: Int {
    head.byteCount
      + layers.reduce(0) { sum, layer in
        sum + layer.queryKeyValue.byteCount + layer.output.byteCount + layer.gateUp.byteCount
          + layer.down.byteCount
      }
  }

  /// The output matrix V -> D, for gradients with respect to the last hidden states.
  package func outputBackward() throws -> PackedMatrix {
    let name = configuration.tiedOutput ? CheckpointName.embedding : CheckpointName.output
    return try WeightReader(weights).floats(name).withUnsafeBufferPointer { values in
      try PackedMatrix(
        values.baseAddress!, inputs: configuration.vocabularySize,
        outputs: configuration.hiddenSize, transposed: false, format: WeightFormat(precision))
    }
  }

  /// Rows of the output matrix `[V, D]`, for losses that need a few logits of each position.
  package func outputRows() throws -> RowTable {
    if configuration.tiedOutput { return embedding }
    return try RowTable(
      WeightReader(weights).floats(CheckpointName.output), columns: configuration.hiddenSize,
      precision: precision)
  }
}
