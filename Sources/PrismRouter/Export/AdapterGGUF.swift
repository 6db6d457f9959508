import PrismModel

/// The adapter as llama.cpp loads it (`llama-server --lora FILE`): GGUF of type `adapter`, fp32.
///
/// Bundles hold rows in Hugging Face order, whatever file the model came from. In llama.cpp's models
/// of the Llama family the rows of query and key projections are interleaved, since its rotary
/// embedding turns neighbours; rows of B follow them. A is the same in both.
package enum AdapterGGUF {
  /// Writes a new file, all or nothing. llama.cpp scales B A by alpha / rank, as this program does,
  /// and reads the rank from the tensors.
  ///
  /// Throws `RouterError.occupied` when something stands at `path`, `ModelError` when the file cannot
  /// be written.
  package static func write(_ bundle: RouterBundle, to path: String) throws {
    let weights = bundle.adapter
    try DiskFiles.requireAbsent(path)
    var tensors: [GGUFWriter.Tensor] = []
    for layer in weights.layers {
      for projection in Projection.allCases {
        let stem = GGUFTensorNames.ggmlName(layer: layer, projection)
        let size = projection.size(in: weights.model)
        tensors.append(
          GGUFWriter.Tensor(
            name: stem + ".lora_a", shape: [weights.rank, size.input],
            values: Array(weights.values[weights.rangeOfA(layer: layer, projection)])))
        tensors.append(
          GGUFWriter.Tensor(
            name: stem + ".lora_b", shape: [size.output, weights.rank],
            values: rowsOfB(weights, layer: layer, projection)))
      }
    }
    try GGUFWriter.write(
      metadata: [
        ("general.type", .text("adapter")),
        ("general.architecture", .text(architecture(weights.model.architecture))),
        ("general.name", .text(bundle.manifest.model.name)), ("adapter.type", .text("lora")),
        ("adapter.lora.alpha", .float(weights.alpha)),
      ], tensors: tensors, to: path)
  }

  /// llama.cpp has no Mistral of its own; it runs as a Llama.
  private static func architecture(_ architecture: ModelConfiguration.Architecture) -> String {
    switch architecture {
    case .llama, .mistral: "llama"
    case .qwen2: "qwen2"
    }
  }

  /// B of one projection, `[out, rank]`, its rows where ggml has them.
  private static func rowsOfB(
    _ weights: LoRAWeights, layer: Int, _ projection: Projection
  ) -> [Float] {
    let rows = weights.values[weights.rangeOfB(layer: layer, projection)]
    let isRotated = projection == .query || projection == .key
    guard isRotated, weights.model.architecture.hasInterleavedGGUFRows else { return Array(rows) }
    var result = [Float](repeating: 0, count: rows.count)
    for row in 0..<rows.count / weights.rank {
      let target = GGUFTensorSource.interleavedRow(row, headSize: weights.model.headSize)
      let source = rows.startIndex + row * weights.rank
      result.replaceSubrange(
        target * weights.rank..<(target + 1) * weights.rank,
        with: rows[source..<source + weights.rank])
    }
    return result
  }
}
