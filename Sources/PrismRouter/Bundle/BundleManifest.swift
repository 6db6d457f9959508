/// `prism.json`: what a bundle is made of and for.
public struct BundleManifest: Codable, Hashable, Sendable {
  /// The base model the bundle belongs to.
  public struct Model: Codable, Hashable, Sendable {
    /// As the user named it; for people, not compared.
    public var name: String
    /// `ModelFiles.fingerprint` of the model.
    public var fingerprint: String
    /// `Tokenizer.fingerprint` of its tokenizer.
    public var tokenizerFingerprint: String

    public init(name: String, fingerprint: String, tokenizerFingerprint: String) {
      self.name = name
      self.fingerprint = fingerprint
      self.tokenizerFingerprint = tokenizerFingerprint
    }
  }

  /// How the gate's features were spread over its training rows.
  public struct Features: Codable, Hashable, Sendable {
    /// D.
    public var count: Int
    /// Smallest and largest mean of a feature.
    public var meanRange: [Float]
    /// Smallest and largest deviation of a feature.
    public var deviationRange: [Float]

    package init(_ gate: Gate) {
      self.count = gate.featureCount
      self.meanRange = [gate.mean.min() ?? 0, gate.mean.max() ?? 0]
      self.deviationRange = [gate.deviation.min() ?? 0, gate.deviation.max() ?? 0]
    }
  }

  /// The format this program reads and writes.
  public static let currentFormatVersion = 1

  public var formatVersion: Int
  public var model: Model
  /// The layer whose output the gate reads. Range 0..<L; the adapter's layers lie above.
  public var gateLayer: Int
  /// Probability at and above which the adapter answers. Range 0...1.
  public var threshold: Float
  public var features: Features
  /// Dropout the adapter was trained with. Range 0..<1.
  public var adapterDropout: Float
  /// The run's numbers by name, such as `gate.heldOutAccuracy`; finite.
  public var numbers: [String: Double]
}
