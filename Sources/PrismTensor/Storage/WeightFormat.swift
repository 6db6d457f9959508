import CKernels

/// How the matrices of a model are stored.
public enum WeightFormat: String, CaseIterable, Codable, Hashable, Sendable {
  case fp32
  case bf16
  /// 8 bits and, for each 128 inputs of an output, a scale: half of bf16's memory to read for every
  /// token. Inputs of the products are bf16.
  case int8
  /// 4 bits with a scale and a minimum for each 32 inputs of an output, for matrices that the file
  /// itself has in 4 bits (Q4_0, Q4_1): they are taken over exactly. The others are as with `int8`.
  case int4

  /// What a precision stores by itself.
  public init(_ precision: Precision) { self = precision == .bf16 ? .bf16 : .fp32 }

  /// Precision of the inputs of products with such weights.
  public var inputs: Precision { self == .fp32 ? .fp32 : .bf16 }

  /// The kernels' name for it.
  var code: Int32 {
    switch self {
    case .fp32: Int32(PRISM_F32)
    case .bf16: Int32(PRISM_BF16)
    case .int8: Int32(PRISM_INT8)
    case .int4: Int32(PRISM_INT4)
    }
  }
}
