import CKernels
import Foundation

/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019) over one flat vector of
/// parameters, step for step what `torch.optim.AdamW` does.
package struct AdamW: Hashable, Sendable {
  /// Everything the next step depends on besides the parameters, as a checkpoint stores it.
  package struct Moments: Hashable, Sendable {
    /// Steps taken so far.
    package var stepCount: Int
    /// Running mean of the gradient, one value a parameter.
    package var first: [Float]
    /// Running mean of the squared gradient, one value a parameter.
    package var second: [Float]

    package init(stepCount: Int, first: [Float], second: [Float]) {
      precondition(
        first.count == second.count,
        "first moments [\(first.count)] and second moments [\(second.count)] differ in shape")
      self.stepCount = stepCount
      self.first = first
      self.second = second
    }

    /// Before the first step.
    package init(parameterCount: Int) {
      self.init(
        stepCount: 0, first: [Float](repeating: 0, count: parameterCount),
        second: [Float](repeating: 0, count: parameterCount))
    }
  }

  /// Decay of the running mean. Range 0..<1.
  package let beta1: Double
  /// Decay of the running mean square. Range 0..<1.
  package let beta2: Double
  /// Added to the root of the mean square. Above 0.
  package let epsilon: Double
  /// Share of a parameter lost a step, times the learning rate. Range 0...
  package let weightDecay: Double
  package private(set) var moments: Moments

  package init(
    parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) {
    self.init(
      moments: Moments(parameterCount: parameterCount), beta1: beta1, beta2: beta2,
      epsilon: epsilon, weightDecay: weightDecay)
  }

  /// Goes on from a checkpoint.
  package init(
    moments: Moments, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) {
    self.moments = moments
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Moves `parameters` against `gradients`, both of the optimizer's parameter count.
  package mutating func step(
    parameters: inout [Float], gradients: [Float], learningRate: Float
  ) {
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradients.withUnsafeBufferPointer {
        step(parameters: parameters, gradients: $0, learningRate: learningRate)
      }
    }
  }

  /// The same in fixed memory, with gradients scaled by `factor` on the way.
  package mutating func step(
    parameters: UnsafeMutableBufferPointer<Float>, gradients: UnsafeBufferPointer<Float>,
    factor: Float = 1, learningRate: Float
  ) {
    precondition(
      parameters.count == moments.first.count && gradients.count == moments.first.count,
      "parameters [\(parameters.count)], gradients [\(gradients.count)] and moments "
        + "[\(moments.first.count)] differ in shape")
    moments.stepCount += 1
    let steps = Double(moments.stepCount)
    let rate = Double(learningRate)
    prism_adamw(
      parameters.count, parameters.baseAddress, gradients.baseAddress, &moments.first,
      &moments.second, factor, Float(1 - rate * weightDecay), Float(rate / (1 - pow(beta1, steps))),
      Float((1 - pow(beta2, steps)).squareRoot()), Float(1 - beta1), Float(beta2),
      Float(1 - beta2), Float(epsilon))
  }
}
