/// The tensors a decoder consists of, under their Hugging Face names.
enum CheckpointLayout {
  static let embedding = "model.embed_tokens.weight"
  static let output = "lm_head.weight"
  static let norm = "model.norm.weight"

  /// Tensors of layer `index`: `layer(0, "mlp.up_proj.weight")`.
  static func layer(_ index: Int, _ name: String) -> String { "model.layers.\(index).\(name)" }

  /// Names within a layer with their shapes.
  static func layerShapes(_ model: ModelConfiguration) -> [(name: String, shape: [Int])] {
    var shapes: [(name: String, shape: [Int])] = [
      ("input_layernorm.weight", [model.hiddenSize]),
      ("post_attention_layernorm.weight", [model.hiddenSize]),
    ]
    for projection in Projection.allCases {
      let size = projection.size(in: model)
      let name = "\(projection.block).\(projection.rawValue)"
      shapes.append(("\(name).weight", [size.output, size.input]))
      if model.attentionBias, [.query, .key, .value].contains(projection) {
        shapes.append(("\(name).bias", [size.output]))
      }
    }
    return shapes
  }

  /// Every tensor of the model with its shape; `lm_head.weight` only when it is not the embedding.
  static func shapes(_ model: ModelConfiguration) -> [String: [Int]] {
    var shapes = [embedding: [model.vocabularySize, model.hiddenSize], norm: [model.hiddenSize]]
    if !model.tiedOutput { shapes[output] = [model.vocabularySize, model.hiddenSize] }
    let perLayer = layerShapes(model)
    for index in 0..<model.layerCount {
      for (name, shape) in perLayer { shapes[layer(index, name)] = shape }
    }
    return shapes
  }

  /// Throws `ModelError.problems` listing every unknown, missing and misshapen tensor.
  static func requireExact(
    _ found: [String: [Int]], unknown: [String], model: ModelConfiguration, path: String
  ) throws {
    let expected = shapes(model)
    var problems = unknown.sorted().map { "unknown tensor \($0)" }
    for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
      guard let actual = found[name] else {
        problems.append("missing tensor \(name)")
        continue
      }
      if actual != shape { problems.append("\(name) has shape \(actual) instead of \(shape)") }
    }
    problems += found.keys.filter { expected[$0] == nil }.sorted().map { "unknown tensor \($0)" }
    if !problems.isEmpty { throw ModelError.problems(path: path, problems) }
  }
}
