package import PrismModel
import PrismRouter

/// The model behind all names that the server answers to.
package struct ServedModel: Sendable {
  package struct Bundle: Hashable, Sendable {
    package let name: String
    /// At and above this probability the gate chooses the adapter. Range 0...1.
    package let threshold: Float
    package let gateLayer: Int

    package init(name: String, threshold: Float, gateLayer: Int) {
      self.name = name
      self.threshold = threshold
      self.gateLayer = gateLayer
    }
  }

  package let name: String
  package let renderer: ChatRenderer
  /// Positions of prompt and answer together.
  package let contextLength: Int
  package let fingerprint: String
  package let bundles: [Bundle]

  package init(
    name: String, renderer: ChatRenderer, contextLength: Int, fingerprint: String,
    bundles: [Bundle]
  ) {
    self.name = name
    self.renderer = renderer
    self.contextLength = contextLength
    self.fingerprint = fingerprint
    self.bundles = bundles
  }
}
