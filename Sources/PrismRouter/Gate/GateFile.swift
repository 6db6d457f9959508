import PrismModel

/// `gate.safetensors`: `features.mean` [D], `features.deviation` [D], and per layer of the
/// perceptron `layers.N.weight` [out, in] and `layers.N.bias` [out], as PyTorch's `Linear` has them.
package enum GateFile {
  private static let meanName = "features.mean"
  private static let deviationName = "features.deviation"
  private static func weightName(_ layer: Int) -> String { "layers.\(layer).weight" }
  private static func biasName(_ layer: Int) -> String { "layers.\(layer).bias" }

  /// Layers of a perceptron that is still read; more means the file is no gate.
  private static let layerLimit = 16

  /// Throws `ModelError` when the file cannot be written.
  package static func write(_ gate: Gate, to path: String) throws {
    let network = gate.network
    var tensors: [(name: String, shape: [Int], values: [Float])] = [
      (meanName, [gate.featureCount], gate.mean),
      (deviationName, [gate.featureCount], gate.deviation),
    ]
    for layer in 0..<network.layerCount {
      let (inputs, outputs) = (network.sizes[layer], network.sizes[layer + 1])
      let weights = network.values[network.weightRange(layer: layer)]
      tensors.append(
        (
          weightName(layer), [outputs, inputs],
          transposed(Array(weights), rows: inputs, columns: outputs)
        ))
      tensors.append(
        (biasName(layer), [outputs], Array(network.values[network.biasRange(layer: layer)])))
    }
    try SafetensorsWriter.write(
      tensors, metadata: ["format": "pt", "content": "prism gate"], to: path)
  }

  /// Throws `RouterError.problems` when the file is no gate for features of `featureCount` values,
  /// `ModelError` when it is no safetensors file.
  package static func read(
    path: String, layer: Int, threshold: Float, featureCount: Int
  ) throws -> Gate {
    var reader = try TensorReader(SafetensorsFile(path: path), path: path)
    var hiddenSizes: [Int] = []
    for next in 0... {
      guard let shape = reader.shape(of: weightName(next)) else { break }
      guard shape.count == 2, shape[0] > 0, next < layerLimit else {
        reader.complain(
          "\(weightName(next)) has the shape \(shape), expected [out, in] and at most "
            + "\(layerLimit) layers")
        break
      }
      hiddenSizes.append(shape[0])
    }
    if let last = hiddenSizes.popLast(), last != 1 {
      reader.complain("the last layer has \(last) outputs, expected 1")
    }
    let sizes = [featureCount] + hiddenSizes + [1]
    let mean = reader.tensor(meanName, shape: [featureCount])
    let deviation = reader.tensor(deviationName, shape: [featureCount])
    var layers: [(weights: [Float], biases: [Float])] = []
    for index in 0..<sizes.count - 1 {
      let weights = reader.tensor(weightName(index), shape: [sizes[index + 1], sizes[index]])
      let biases = reader.tensor(biasName(index), shape: [sizes[index + 1]])
      layers.append((weights, biases))
    }
    if let flat = deviation.firstIndex(where: { $0 <= 0 }) {
      reader.complain("\(deviationName) holds \(deviation[flat]) at \(flat), expected above 0")
    }
    try reader.finish()

    var network = GateNetwork(featureCount: featureCount, hiddenSizes: hiddenSizes)
    for (index, layer) in layers.enumerated() {
      let rows = transposed(layer.weights, rows: sizes[index + 1], columns: sizes[index])
      network.values.replaceSubrange(network.weightRange(layer: index), with: rows)
      network.values.replaceSubrange(network.biasRange(layer: index), with: layer.biases)
    }
    return Gate(
      layer: layer, threshold: threshold, mean: mean, deviation: deviation, network: network)
  }

  private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { output, count in
      for row in 0..<rows {
        for column in 0..<columns {
          output[column * rows + row] = values[row * columns + column]
        }
      }
      count = values.count
    }
  }
}
