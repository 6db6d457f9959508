/// Scales `gradients` down to a Euclidean norm of `maximumNorm` where they exceed it, as
/// `torch.nn.utils.clip_grad_norm_` does, and returns the norm before scaling.
///
/// A norm that is not finite leaves the gradients alone: the caller sees it and can stop with a
/// clear error instead of training on.
@discardableResult
package func clipGradient(_ gradients: inout [Float], maximumNorm: Float) -> Float {
  let norm = gradients.withUnsafeBufferPointer(euclideanNorm)
  // torch adds 1e-6 so that a zero gradient divides by something.
  let factor = Float(Double(maximumNorm) / (norm + 1e-6))
  if factor < 1, norm.isFinite {
    gradients.withUnsafeMutableBufferPointer { gradients in
      for index in gradients.indices { gradients[index] *= factor }
    }
  }
  return Float(norm)
}

/// Sums in double precision over eight lanes, in a fixed order, so that the result neither depends
/// on the machine nor loses small gradients beside large ones.
private func euclideanNorm(_ values: UnsafeBufferPointer<Float>) -> Double {
  var lanes = SIMD8<Double>.zero
  let whole = values.count & ~7
  for start in stride(from: 0, to: whole, by: 8) {
    var part = SIMD8<Double>.zero
    for lane in 0..<8 { part[lane] = Double(values[start + lane]) }
    lanes += part * part
  }
  var sum = lanes.sum()
  for index in whole..<values.count { sum += Double(values[index]) * Double(values[index]) }
  return sum.squareRoot()
}
