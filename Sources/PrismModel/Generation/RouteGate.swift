/// Decides base or adapter from the hidden state of the prompt's last token after `layer`.
public protocol RouteGate: Sendable {
  /// The layer whose output the gate reads; adapters start above it.
  var layer: Int { get }
  /// Probability at and above which the adapter answers. Range 0...1.
  var threshold: Float { get }
  /// Probability that the adapter helps. `features` has D values.
  func probability(of features: UnsafeBufferPointer<Float>) -> Float
}

extension Route {
  /// The gate's rule: the adapter from the threshold on.
  package init(probability: Float, threshold: Float) {
    self = probability >= threshold ? .adapter : .base
  }
}

extension RouteGate {
  package func route(for probability: Float) -> Route {
    Route(probability: probability, threshold: threshold)
  }

  /// The gate reads what both routes have in common, so the adapter lies above its layer. Throws
  /// `ModelError.invalidSetting` where it does not.
  func check(adapter: LoRAWeights?, layerCount: Int) throws {
    let highest = (adapter?.layers.lowerBound ?? layerCount) - 1
    guard layer >= 0, layer <= highest else {
      throw ModelError.invalidSetting(
        name: "the gate's layer", value: "\(layer)",
        allowed: "0 to \(highest), below the adapter's layers")
    }
  }
}
