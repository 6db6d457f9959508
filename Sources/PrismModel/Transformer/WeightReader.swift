package import PrismTensor

/// Tensor names of Hugging Face checkpoints; they occur here and in the adapter's file only.
package enum CheckpointName {
  package static let embedding = "model.embed_tokens.weight"
  package static let finalNorm = "model.norm.weight"
  package static let output = "lm_head.weight"
  package static let attentionNorm = "input_layernorm.weight"
  package static let feedForwardNorm = "post_attention_layernorm.weight"

  package static func layer(_ layer: Int, _ part: String) -> String {
    "model.layers.\(layer).\(part)"
  }
}

extension Projection {
  package var weight: String { "\(block).\(rawValue).weight" }
  package var bias: String { "\(block).\(rawValue).bias" }
}

/// Reads tensors as fp32 and packs projections that share an input as one matrix.
package struct WeightReader {
  private let source: any TensorSource

  package init(_ source: any TensorSource) { self.source = source }

  package func floats(_ name: String) throws -> [Float] {
    let count = try source.shape(of: name).reduce(1, *)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try source.read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  package func embedding(
    _ model: ModelConfiguration, precision: Precision
  ) throws -> RowTable {
    try RowTable(
      floats(CheckpointName.embedding), columns: model.hiddenSize, precision: precision)
  }

  package func layer(
    _ layer: Int, model: ModelConfiguration, format: WeightFormat
  ) throws -> TransformerLayer {
    func name(_ part: String) -> String { CheckpointName.layer(layer, part) }
    let bias =
      model.attentionBias
      ? try [Projection.query, .key, .value].flatMap { try floats(name($0.bias)) } : []
    return TransformerLayer(
      attentionNorm: try floats(name(CheckpointName.attentionNorm)),
      queryKeyValue: try packed(
        [.query, .key, .value], layer: layer, model: model, format: format),
      queryKeyValueBias: bias,
      output: try packed([.output], layer: layer, model: model, format: format),
      feedForwardNorm: try floats(name(CheckpointName.feedForwardNorm)),
      gateUp: try packed([.gate, .up], layer: layer, model: model, format: format),
      down: try packed([.down], layer: layer, model: model, format: format))
  }

  /// The projections' weights, one above the other: `[sum of outputs, inputs]`.
  package func stacked(_ projections: [Projection], layer: Int) throws -> [Float] {
    if projections.count == 1 {
      return try floats(CheckpointName.layer(layer, projections[0].weight))
    }
    return try projections.flatMap { try floats(CheckpointName.layer(layer, $0.weight)) }
  }

  /// y = x W for projections that share x; `backward` packs dx = dy W^T instead.
  package func packed(
    _ projections: [Projection], layer: Int, model: ModelConfiguration, format: WeightFormat,
    backward: Bool = false
  ) throws -> PackedMatrix {
    let sizes = projections.map { $0.size(in: model) }
    let inputs = sizes[0].input
    let outputs = sizes.reduce(0) { $0 + $1.output }
    let values = try stacked(projections, layer: layer)
    guard values.count == inputs * outputs else {
      throw ModelError.malformed(
        path: "the checkpoint", at: CheckpointName.layer(layer, projections[0].weight),
        expected: "\(inputs * outputs) values", found: "\(values.count)")
    }
    return try values.withUnsafeBufferPointer { values in
      try PackedMatrix(
        values.baseAddress!, inputs: backward ? outputs : inputs,
        outputs: backward ? inputs : outputs, transposed: !backward, format: format)
    }
  }
}
