import Foundation
package import PrismRouter
package import PrismTensor

/// Loss and gradients of the gate's perceptron over one batch: explicit backward pass of the
/// class-weighted binary cross-entropy.
package struct GateGradients {
  /// Rows of a batch: standardised features `[row, D]`, labels and loss weights `[row]`.
  package struct Batch {
    package var features: [Float]
    package var labels: [Float]
    package var weights: [Float]

    package init(features: [Float], labels: [Float], weights: [Float]) {
      self.features = features
      self.labels = labels
      self.weights = weights
    }
  }

  /// Gradient of each parameter, in the order of `GateNetwork.values`.
  package private(set) var values: [Float]
  /// Hidden values before and after GELU and dropout, per layer.
  private var before: [[Float]] = []
  private var after: [[Float]] = []
  /// Factor of each hidden value: 0, or 1 / (1 - dropout).
  private var masks: [[Float]] = []

  package init(network: GateNetwork) {
    values = [Float](repeating: 0, count: network.values.count)
  }

  /// Mean over the rows of weight * cross-entropy; fills `values` with its gradient.
  package mutating func compute(
    _ batch: Batch, network: GateNetwork, dropout: Float = 0,
    generator: inout SeededGenerator
  ) -> Double {
    let logits = forward(batch, network: network, dropout: dropout, generator: &generator)
    var loss = 0.0
    let share = 1 / Float(batch.labels.count)
    var slope = [Float](repeating: 0, count: logits.count)
    for row in logits.indices {
      loss += Double(batch.weights[row] * crossEntropy(logits[row], batch.labels[row]))
      slope[row] = share * batch.weights[row] * (sigmoid(logits[row]) - batch.labels[row])
    }
    backward(from: slope, batch, network: network)
    return loss / Double(batch.labels.count)
  }

  /// Logits `[row]`; keeps what the backward pass needs.
  private mutating func forward(
    _ batch: Batch, network: GateNetwork, dropout: Float, generator: inout SeededGenerator
  ) -> [Float] {
    let rows = batch.labels.count
    (before, after, masks) = ([], [], [])
    var input = batch.features
    for layer in 0..<network.layerCount {
      var output = [Float](repeating: 0, count: rows * network.sizes[layer + 1])
      output.withUnsafeMutableBufferPointer { output in
        guard let output = output.baseAddress else { return }
        network.apply(layer: layer, to: input, rowCount: rows, output: output)
      }
      if layer == network.layerCount - 1 { return output }
      before.append(output)
      let kept = 1 / (1 - dropout)
      let mask = output.map { _ in
        dropout > 0 ? (generator.uniform() < dropout ? 0 : kept) : 1
      }
      for index in output.indices { output[index] = gelu(output[index]) * mask[index] }
      masks.append(mask)
      after.append(output)
      input = output
    }
    return input
  }

  private mutating func backward(from slope: [Float], _ batch: Batch, network: GateNetwork) {
    let rows = batch.labels.count
    var slope = slope
    for layer in (0..<network.layerCount).reversed() {
      let (inputs, outputs) = (network.sizes[layer], network.sizes[layer + 1])
      let input = layer == 0 ? batch.features : after[layer - 1]
      let weights = network.weightRange(layer: layer).lowerBound
      let biases = network.biasRange(layer: layer).lowerBound
      let end = network.biasRange(layer: layer).upperBound
      for index in weights..<end { values[index] = 0 }
      values.withUnsafeMutableBufferPointer { values in
        slope.withUnsafeBufferPointer { slope in
          guard let gradient = values.baseAddress, let slope = slope.baseAddress else { return }
          for row in 0..<rows {
            addScaled(slope + row * outputs, by: 1, to: gradient + biases, count: outputs)
          }
          for index in 0..<inputs {
            let line = gradient + weights + index * outputs
            for row in 0..<rows {
              addScaled(
                slope + row * outputs, by: input[row * inputs + index], to: line, count: outputs)
            }
          }
        }
      }
      if layer == 0 { return }
      var below = [Float](repeating: 0, count: rows * inputs)
      for row in 0..<rows {
        for index in 0..<inputs {
          var sum: Float = 0
          for output in 0..<outputs {
            sum +=
              network.values[weights + index * outputs + output] * slope[row * outputs + output]
          }
          let at = row * inputs + index
          below[at] = sum * masks[layer - 1][at] * geluSlope(before[layer - 1][at])
        }
      }
      slope = below
    }
  }
}

/// Binary cross-entropy of a logit, natural log, without overflow.
package func crossEntropy(_ logit: Float, _ label: Float) -> Float {
  max(logit, 0) - logit * label + log(1 + exp(-abs(logit)))
}

/// Derivative of `gelu`: the mass below x plus x times the density at x.
private func geluSlope(_ x: Float) -> Float {
  let mass = 0.5 * (1 + erf(x * Float(0.5).squareRoot()))
  return mass + x * exp(-0.5 * x * x) / Float(2 * Double.pi).squareRoot()
}
