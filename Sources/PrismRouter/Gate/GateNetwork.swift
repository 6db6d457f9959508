import Foundation

/// The gate's perceptron: fully connected layers with exact GELU between them and one logit at the
/// end. The paper's has the sizes D, 128, 64, 1.
///
/// All parameters live in one flat array for the optimizer. Per layer: weights `[in, out]`, then
/// biases `[out]`. Weights are stored by input, so that the inner loop of a product runs along the
/// outputs and vectorises without reordering a sum; files hold them as `[out, in]`.
package struct GateNetwork: Hashable, Sendable {
  /// Widths from the features to the logit; the last is 1.
  package let sizes: [Int]
  package var values: [Float]

  /// All parameters zero: every probability is one half.
  package init(featureCount: Int, hiddenSizes: [Int]) {
    self.sizes = [featureCount] + hiddenSizes + [1]
    self.values = []
    self.values = [Float](repeating: 0, count: biasRange(layer: layerCount - 1).upperBound)
  }

  package var featureCount: Int { sizes[0] }
  package var layerCount: Int { sizes.count - 1 }

  /// Where a layer's weights lie in `values`; row-major `[in, out]`.
  package func weightRange(layer: Int) -> Range<Int> {
    var start = 0
    for before in 0..<layer { start += (sizes[before] + 1) * sizes[before + 1] }
    return start..<start + sizes[layer] * sizes[layer + 1]
  }

  /// Where a layer's biases lie in `values`.
  package func biasRange(layer: Int) -> Range<Int> {
    let end = weightRange(layer: layer).upperBound
    return end..<end + sizes[layer + 1]
  }

  /// `output[row] = bias + input[row] * weights`, rows of `[rowCount, in]` to `[rowCount, out]`.
  ///
  /// A row's sums run over the inputs in order, whatever the number of rows, so that one query
  /// alone and the same query in a batch give the same bits.
  package func apply(
    layer: Int, to input: UnsafePointer<Float>, rowCount: Int, output: UnsafeMutablePointer<Float>
  ) {
    let (inputs, outputs) = (sizes[layer], sizes[layer + 1])
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      let weights = base + weightRange(layer: layer).lowerBound
      let bias = base + biasRange(layer: layer).lowerBound
      for row in 0..<rowCount {
        (output + row * outputs).update(from: bias, count: outputs)
      }
      for index in 0..<inputs {
        let line = weights + index * outputs
        for row in 0..<rowCount {
          addScaled(
            line, by: input[row * inputs + index], to: output + row * outputs, count: outputs)
        }
      }
    }
  }

  /// The logit of one standardised feature vector. `features` has `featureCount` values.
  package func logit(of features: UnsafePointer<Float>) -> Float {
    let width = sizes.dropFirst().reduce(1) { max($0, $1) }
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { scratch in
      guard let first = scratch.baseAddress else { return 0 }
      var (output, spare) = (first, first + width)
      apply(layer: 0, to: features, rowCount: 1, output: output)
      for layer in 1..<layerCount {
        for index in 0..<sizes[layer] { output[index] = gelu(output[index]) }
        apply(layer: layer, to: output, rowCount: 1, output: spare)
        swap(&output, &spare)
      }
      return output[0]
    }
  }
}

/// `target += scale * source`.
@inline(__always)
package func addScaled(
  _ source: UnsafePointer<Float>, by scale: Float, to target: UnsafeMutablePointer<Float>,
  count: Int
) {
  for index in 0..<count { target[index] += scale * source[index] }
}

/// Gaussian error linear unit, exact form: x times the normal distribution's mass below x.
@inline(__always)
package func gelu(_ x: Float) -> Float {
  0.5 * x * (1 + erf(x * Float(0.5).squareRoot()))
}

/// Logistic function, without overflow at either end.
@inline(__always)
package func sigmoid(_ x: Float) -> Float {
  let tail = exp(-abs(x))
  return x >= 0 ? 1 / (1 + tail) : tail / (1 + tail)
}
