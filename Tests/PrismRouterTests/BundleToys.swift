import Foundation
import PrismModel
import PrismRouter
import Testing

/// A bundle for the tiny Llama of the fixtures, and folders to break it in.
enum BundleToys {
  static let fingerprint = "0123abcd"
  static let tokenizerFingerprint = "fedc9876"

  /// Shape of `tiny-llama` (Tools/reference/tiny_models.py).
  static let model = ModelConfiguration(
    architecture: .llama, vocabularySize: 272, hiddenSize: 32, layerCount: 3, headCount: 4,
    keyValueHeadCount: 2, headSize: 8, feedForwardSize: 64, contextLength: 256, normEpsilon: 1e-5,
    ropeBase: 10_000, tiedOutput: false, attentionBias: false)

  /// Values that differ everywhere and need all bits of a float.
  static func adapter(layers: Range<Int> = 1..<3) -> LoRAWeights {
    var weights = LoRAWeights(rank: 2, alpha: 4, layers: layers, model: model)
    for index in weights.values.indices { weights.values[index] = 1 / Float(index + 3) - 0.01 }
    return weights
  }

  static func gate(layer: Int = 0, featureCount: Int = 32, threshold: Float = 0.5) -> Gate {
    var network = GateNetwork(featureCount: featureCount, hiddenSizes: [5, 3])
    for index in network.values.indices {
      network.values[index] = Float((index * 37) % 101) / 101 - 0.5
    }
    return Gate(
      layer: layer, threshold: threshold, mean: (0..<featureCount).map { Float($0) / 7 },
      deviation: (0..<featureCount).map { 1 / Float($0 + 1) }, network: network)
  }

  static func bundle(layer: Int = 0, adapter: LoRAWeights? = nil) throws -> RouterBundle {
    try RouterBundle(
      adapter: adapter ?? Self.adapter(), dropout: 0.05, gate: gate(layer: layer),
      model: BundleManifest.Model(
        name: "tiny-llama", fingerprint: fingerprint, tokenizerFingerprint: tokenizerFingerprint),
      numbers: ["gate.heldOutAccuracy": 0.688, "gate.heldOutCount": 120])
  }

  static func load(_ folder: String) throws -> RouterBundle {
    try RouterBundle.load(
      folder, model: model, expectedFingerprint: fingerprint,
      expectedTokenizerFingerprint: tokenizerFingerprint)
  }

  /// Calls `body` with an empty folder that is gone afterwards.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path(percentEncoded: false))
  }

  /// Sets one key of a JSON file; `nil` takes it away. A dotted key reaches inside.
  static func edit(_ path: String, _ key: String, _ value: Any?) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let parts = key.split(separator: ".").map(String.init)
    if parts.count == 2 {
      var inner = try #require(object[parts[0]] as? [String: Any])
      inner[parts[1]] = value
      object[parts[0]] = inner
    } else {
      object[key] = value
    }
    try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: path))
  }

  typealias Tensors = [String: (shape: [Int], values: [Float])]

  /// Writes a safetensors file again with other tensors.
  static func rewrite(_ path: String, _ change: (inout Tensors) -> Void) throws {
    let file = try SafetensorsFile(path: path)
    var tensors: Tensors = [:]
    for (name, tensor) in file.tensors {
      tensors[name] = (tensor.shape, try file.values(of: name))
    }
    change(&tensors)
    try SafetensorsWriter.write(
      tensors.map { ($0.key, $0.value.shape, $0.value.values) }, metadata: [:], to: path)
  }

  static func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
      .appending(path: name).path(percentEncoded: false)
  }
}
