import Foundation
public import PrismModel

/// The adapter as Python peft, vLLM and llama.cpp's converter read it: a folder with
/// `adapter_config.json` and `adapter_model.safetensors`.
public enum AdapterFiles {
  package static let configurationName = "adapter_config.json"
  package static let weightsName = "adapter_model.safetensors"

  /// Names of A `[rank, in]` and B `[out, rank]` of one projection.
  private static func tensorNames(layer: Int, _ projection: Projection) -> (a: String, b: String) {
    let stem = "base_model.model.model.layers.\(layer).\(projection.block).\(projection.rawValue)"
    return (stem + ".lora_A.weight", stem + ".lora_B.weight")
  }

  /// Writes both files into `folder`, which exists.
  ///
  /// - Parameter dropout: what the adapter was trained with; range 0..<1.
  /// - Throws: `ModelError.unwritable` when a file cannot be written.
  public static func write(
    _ weights: LoRAWeights, dropout: Float, baseModelName: String, to folder: String
  ) throws {
    let configuration = AdapterConfiguration(
      rank: weights.rank, alpha: weights.alpha, dropout: dropout, layers: weights.layers,
      baseModelName: baseModelName)
    let encoded = try configuration.encoded()
    try AtomicFile.replace(folder + "/" + configurationName) { file in
      try encoded.withUnsafeBytes { try file.append($0) }
    }
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    for layer in weights.layers {
      for projection in Projection.allCases {
        let names = tensorNames(layer: layer, projection)
        let size = projection.size(in: weights.model)
        tensors.append(
          (
            names.a, [weights.rank, size.input],
            Array(weights.values[weights.rangeOfA(layer: layer, projection)])
          ))
        tensors.append(
          (
            names.b, [size.output, weights.rank],
            Array(weights.values[weights.rangeOfB(layer: layer, projection)])
          ))
      }
    }
    try SafetensorsWriter.write(
      tensors, metadata: ["format": "pt"], to: folder + "/" + weightsName)
  }

  /// Reads the adapter in `folder` for a base model of the shape `model`.
  ///
  /// - Throws: `RouterError.problems` with everything wrong at once: settings of peft that are not
  ///   supported, tensors missing, unknown, of another shape or not finite; `.unreadable`,
  ///   `.malformed` or `ModelError` when a file as such is broken.
  public static func read(_ folder: String, model: ModelConfiguration) throws -> LoRAWeights {
    try readWithConfiguration(folder, model: model).weights
  }

  package static func readWithConfiguration(
    _ folder: String, model: ModelConfiguration
  ) throws -> (weights: LoRAWeights, configuration: AdapterConfiguration) {
    let path = folder + "/" + configurationName
    let data = try JSONFile.read(path)
    let (configuration, problems) = try JSONFile.decoding(path) {
      try AdapterConfiguration.decode(data, layerCount: model.layerCount)
    }
    let file = try SafetensorsFile(path: folder + "/" + weightsName)
    var reader = TensorReader(file, path: folder)
    guard let configuration else {
      // Without rank and layers no tensor can be judged.
      throw RouterError.problems(path: folder, problems)
    }
    let weights = try read(&reader, configuration: configuration, model: model)
    return (weights, configuration)
  }

  private static func read(
    _ reader: inout TensorReader, configuration: AdapterConfiguration,
    model: ModelConfiguration
  ) throws -> LoRAWeights {
    var parts: [(range: (LoRAWeights) -> Range<Int>, values: [Float])] = []
    for layer in configuration.layers {
      for projection in Projection.allCases {
        let names = tensorNames(layer: layer, projection)
        let size = projection.size(in: model)
        let a = reader.tensor(names.a, shape: [configuration.rank, size.input])
        let b = reader.tensor(names.b, shape: [size.output, configuration.rank])
        parts.append(({ $0.rangeOfA(layer: layer, projection) }, a))
        parts.append(({ $0.rangeOfB(layer: layer, projection) }, b))
      }
    }
    // Only now is it sure that the file really holds as many values as its configuration asks for.
    try reader.finish()
    var weights = LoRAWeights(
      rank: configuration.rank, alpha: configuration.alpha, layers: configuration.layers,
      model: model)
    for part in parts { weights.values.replaceSubrange(part.range(weights), with: part.values) }
    return weights
  }
}
