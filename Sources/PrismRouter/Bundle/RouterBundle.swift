import Foundation
public import PrismModel

/// All that routed inference needs besides the base model: adapter, gate and what they are for.
///
/// A folder with `adapter_config.json`, `adapter_model.safetensors`, `gate.safetensors` and
/// `prism.json`.
public struct RouterBundle: Hashable, Sendable {
  package static let gateName = "gate.safetensors"
  package static let manifestName = "prism.json"
  package static let fileNames = [
    AdapterFiles.configurationName, AdapterFiles.weightsName, gateName, manifestName,
  ]

  public let adapter: LoRAWeights
  public let gate: Gate
  public let manifest: BundleManifest

  /// - Parameter numbers: the run's numbers by name, finite.
  /// - Throws: `RouterError` when the parts do not fit together.
  public init(
    adapter: LoRAWeights, dropout: Float, gate: Gate, model: BundleManifest.Model,
    numbers: [String: Double] = [:]
  ) throws {
    try self.init(
      adapter: adapter, gate: gate,
      manifest: BundleManifest(
        formatVersion: BundleManifest.currentFormatVersion, model: model, gateLayer: gate.layer,
        threshold: gate.threshold, features: BundleManifest.Features(gate),
        adapterDropout: dropout, numbers: numbers),
      path: "the bundle")
  }

  private init(
    adapter: LoRAWeights, gate: Gate, manifest: BundleManifest, path: String
  ) throws {
    self.adapter = adapter
    self.gate = gate
    self.manifest = manifest
    try Self.check(manifest, layerCount: adapter.model.layerCount, path: path)
    guard adapter.layers.lowerBound > gate.layer else {
      throw RouterError.outOfRange(
        path: path, what: "the adapter's lowest layer", found: "\(adapter.layers.lowerBound)",
        allowed: "above the gate's layer \(gate.layer)")
    }
    guard gate.featureCount == adapter.model.hiddenSize else {
      throw RouterError.outOfRange(
        path: path, what: "the gate's feature count", found: "\(gate.featureCount)",
        allowed: "the model's hidden size \(adapter.model.hiddenSize)")
    }
  }

  /// Reads the bundle in `folder` for one model.
  ///
  /// - Parameters:
  ///   - model: the shape of the model the bundle is to be used with.
  ///   - expectedFingerprint: `ModelFiles.fingerprint` of that model.
  ///   - expectedTokenizerFingerprint: its tokenizer's; not compared when absent.
  /// - Throws: `RouterError` or, for damaged tensor files, `ModelError`.
  public static func load(
    _ folder: String, model: ModelConfiguration, expectedFingerprint: String,
    expectedTokenizerFingerprint: String? = nil
  ) throws -> RouterBundle {
    let manifest = try manifest(of: folder)
    guard manifest.model.fingerprint == expectedFingerprint else {
      throw RouterError.otherModel(
        path: folder, name: manifest.model.name, expected: expectedFingerprint,
        found: manifest.model.fingerprint)
    }
    if let expected = expectedTokenizerFingerprint, manifest.model.tokenizerFingerprint != expected
    {
      throw RouterError.otherTokenizer(
        path: folder, expected: expected, found: manifest.model.tokenizerFingerprint)
    }
    try check(manifest, layerCount: model.layerCount, path: folder + "/" + manifestName)
    let gatePath = folder + "/" + gateName
    let gate = try GateFile.read(
      path: gatePath, layer: manifest.gateLayer, threshold: manifest.threshold,
      featureCount: model.hiddenSize)
    let adapter = try AdapterFiles.read(folder, model: model)
    return try RouterBundle(adapter: adapter, gate: gate, manifest: manifest, path: folder)
  }

  /// What the bundle in `folder` says of itself, read without its model.
  ///
  /// - Throws: `RouterError` when `prism.json` is missing, damaged or of another version.
  public static func manifest(of folder: String) throws -> BundleManifest {
    struct Version: Decodable {
      let formatVersion: Int
    }
    let path = folder + "/" + manifestName
    let data = try JSONFile.read(path)
    return try JSONFile.decoding(path) {
      let found = try JSONDecoder().decode(Version.self, from: data).formatVersion
      guard found == BundleManifest.currentFormatVersion else {
        throw RouterError.version(
          path: path, found: found, supported: BundleManifest.currentFormatVersion)
      }
      return try JSONDecoder().decode(BundleManifest.self, from: data)
    }
  }

  private static func check(_ manifest: BundleManifest, layerCount: Int, path: String) throws {
    func demand(_ holds: Bool, _ what: String, _ found: String, _ allowed: String) throws {
      if !holds {
        throw RouterError.outOfRange(path: path, what: what, found: found, allowed: allowed)
      }
    }
    try demand(
      (0...1).contains(manifest.threshold), "threshold", "\(manifest.threshold)", "0 to 1")
    try demand(
      (0..<layerCount).contains(manifest.gateLayer), "gateLayer", "\(manifest.gateLayer)",
      "0 to \(layerCount - 1)")
    try demand(
      (0..<1).contains(manifest.adapterDropout), "adapterDropout", "\(manifest.adapterDropout)",
      "0 up to but not 1")
    for (name, value) in manifest.numbers.sorted(by: { $0.key < $1.key }) {
      try demand(value.isFinite, "numbers.\(name)", "\(value)", "finite numbers")
    }
  }
}
