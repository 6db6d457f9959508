import CKernels

/// Scales `gradients` down to a Euclidean norm of `maximumNorm` where they exceed it, as
/// `torch.nn.utils.clip_grad_norm_` does, and returns the norm before scaling.
///
/// A norm that is not finite leaves the gradients alone: the caller sees it and can stop with a
/// clear error instead of training on.
@discardableResult
package func clipGradient(_ gradients: inout [Float], maximumNorm: Float) -> Float {
  let (norm, factor) = gradients.withUnsafeBufferPointer {
    clipping(of: $0, maximumNorm: maximumNorm)
  }
  if factor < 1 {
    for index in gradients.indices { gradients[index] *= factor }
  }
  return norm
}

/// The norm of `gradients` and what to multiply them by so that it is at most `maximumNorm`.
package func clipping(
  of gradients: UnsafeBufferPointer<Float>, maximumNorm: Float
) -> (norm: Float, factor: Float) {
  let norm = prism_sum_of_squares(gradients.baseAddress, gradients.count).squareRoot()
  // torch adds 1e-6 so that a zero gradient divides by something.
  let factor = Float(Double(maximumNorm) / (norm + 1e-6))
  return (Float(norm), factor < 1 && norm.isFinite ? factor : 1)
}
