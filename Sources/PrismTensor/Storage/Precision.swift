import CKernels

/// Element type of weights, of the inputs of matrix products and of the key-value cache.
/// Sums, the residual stream and everything elementwise are fp32 in either.
public enum Precision: String, CaseIterable, Codable, Hashable, Sendable {
  case fp32
  case bf16

  /// bf16 where the processor multiplies it natively, else fp32.
  public static var best: Precision { prism_has_fast_bf16() != 0 ? .bf16 : .fp32 }

  /// The kernels' name for it.
  package var code: Int32 { self == .bf16 ? Int32(PRISM_BF16) : Int32(PRISM_F32) }

  package var bytes: Int { self == .bf16 ? 2 : 4 }
}
