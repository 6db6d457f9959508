/// How the values of a safetensors tensor are stored.
package enum SafetensorsType: String, Sendable, CaseIterable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"

  package var valueBytes: Int { self == .f32 ? 4 : 2 }

  static var supportedNames: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The same storage under ggml's name, whose kernels expand it.
  var blockType: GGUFTensorType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    }
  }
}
