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
  /// D -> V; absent where only the first layers were packed.
  package let head: PackedMatrix?
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
    embedding = try reader.embedding(configuration, precision: format.inputs)
    layers = try (0..<configuration.layerCount).map {
      try reader.layer($0, model: configuration, format: format)
    }
    finalNorm = try reader.floats(CheckpointName.finalNorm)
    let output = try reader.floats(
      configuration.tiedOutput ? CheckpointName.embedding : CheckpointName.output)
    head = try output.withUnsafeBufferPointer { values in
      try PackedMatrix(
        values.baseAddress!, inputs: configuration.hiddenSize,
        outputs: configuration.vocabularySize, transposed: true, format: format)
    }
    chain()
  }

  /// Packs the embedding and the first layers and lets go of `weights`: a model of so many layers that
  /// has no logits and cannot be trained. Throws as the whole model's initializer.
  package init(
    firstLayers count: Int, of configuration: ModelConfiguration, weights: any TensorSource,
    format: WeightFormat
  ) throws {
    var shape = configuration
    shape.layerCount = count
    self.configuration = shape
    self.format = format
    precision = format.inputs
    self.weights = NoTensors()
    let reader = WeightReader(weights)
    embedding = try reader.embedding(shape, precision: format.inputs)
    layers = try (0..<count).map { try reader.layer($0, model: shape, format: format) }
    finalNorm = []
    head = nil
    chain()
  }

  /// Tells every matrix which one a pass multiplies after it; after the last comes the next pass.
  private func chain() {
    var matrices = layers.flatMap { [$0.queryKeyValue, $0.output, $0.gateUp, $0.down] }
    if let head { matrices.append(head) }
    for (matrix, next) in zip(matrices, matrices.dropFirst() + matrices.prefix(1)) {
      matrix.precede(next)
    }
  }

  /// The output matrix. Throws `ModelError.invalidSetting` where only the first layers were packed.
  package func requireHead() throws -> PackedMatrix {
    guard let head else {
      throw ModelError.invalidSetting(
        name: "layers", value: "the first \(layers.count)", allowed: "all of them, to have logits")
    }
    return head
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
    (head?.byteCount ?? 0)
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
