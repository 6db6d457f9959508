public import PrismModel

/// The trained gate: R(x) = sigmoid(MLP(h)), h the standardised hidden state of the prompt's last
/// token after `layer` (paper, section 3.2; layer 0 there).
///
/// Unlike the paper's gate it standardises its features and may read any layer.
public struct Gate: RouteGate, Hashable, Sendable {
  public let layer: Int
  public let threshold: Float
  /// Mean of each feature over the training rows, D values.
  package let mean: [Float]
  /// What each feature is divided by, D values above 0.
  package let deviation: [Float]
  package let network: GateNetwork

  package init(
    layer: Int, threshold: Float, mean: [Float], deviation: [Float], network: GateNetwork
  ) {
    precondition(
      mean.count == network.featureCount && deviation.count == network.featureCount,
      "mean [\(mean.count)] and deviation [\(deviation.count)] do not fit a network of "
        + "\(network.featureCount) features")
    self.layer = layer
    self.threshold = threshold
    self.mean = mean
    self.deviation = deviation
    self.network = network
  }

  /// Values the gate reads: the model's hidden size D.
  public var featureCount: Int { network.featureCount }

  /// Weights and biases of the perceptron.
  public var parameterCount: Int { network.values.count }

  /// The same gate with another threshold. Range 0...1.
  public func with(threshold: Float) -> Gate {
    Gate(layer: layer, threshold: threshold, mean: mean, deviation: deviation, network: network)
  }

  /// Probability that the adapter helps, 0...1. Features that are not finite numbers give 0, so
  /// that the base model answers.
  public func probability(of features: UnsafeBufferPointer<Float>) -> Float {
    precondition(
      features.count == featureCount,
      "features [\(features.count)] do not fit a gate of [\(featureCount)] features")
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: featureCount) { scratch in
      guard let input = scratch.baseAddress else { return 0 }
      standardise(features, into: input)
      let probability = sigmoid(network.logit(of: input))
      return probability.isNaN ? 0 : probability
    }
  }

  public func probability(of features: [Float]) -> Float {
    features.withUnsafeBufferPointer { probability(of: $0) }
  }

  private func standardise(
    _ features: UnsafeBufferPointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    mean.withUnsafeBufferPointer { mean in
      deviation.withUnsafeBufferPointer { deviation in
        for index in features.indices {
          output[index] = (features[index] - mean[index]) / deviation[index]
        }
      }
    }
  }
}
