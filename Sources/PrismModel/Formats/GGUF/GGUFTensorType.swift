import CKernels

/// How the values of a GGUF tensor are stored.
package enum GGUFTensorType: UInt32, Sendable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q4_K = 12
  case q5_K = 13
  case q6_K = 14
  case bf16 = 30

  /// The name ggml uses, such as `Q4_K`.
  package var name: String { "\(self)".uppercased() }

  static var supportedNames: String { allCases.map(\.name).joined(separator: ", ") }

  /// Values in one block.
  package var blockValues: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
    case .q4_K, .q5_K, .q6_K: 256
    }
  }

  /// Bytes of one block.
  package var blockBytes: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    }
  }

  /// Expands `source`, a whole number of blocks, into `destination`, which has room for all values.
  package func dequantize(
    _ source: UnsafeRawBufferPointer, into destination: UnsafeMutablePointer<Float>
  ) {
    guard let bytes = source.bindMemory(to: UInt8.self).baseAddress else { return }
    let count = source.count / blockBytes
    switch self {
    case .f32: UnsafeMutableRawPointer(destination).copyMemory(from: bytes, byteCount: 4 * count)
    case .f16: prism_dequantize_f16(bytes, count, destination)
    case .bf16: prism_dequantize_bf16(bytes, count, destination)
    case .q4_0: prism_dequantize_q4_0(bytes, count, destination)
    case .q4_1: prism_dequantize_q4_1(bytes, count, destination)
    case .q5_0: prism_dequantize_q5_0(bytes, count, destination)
    case .q5_1: prism_dequantize_q5_1(bytes, count, destination)
    case .q8_0: prism_dequantize_q8_0(bytes, count, destination)
    case .q4_K: prism_dequantize_q4_k(bytes, count, destination)
    case .q5_K: prism_dequantize_q5_k(bytes, count, destination)
    case .q6_K: prism_dequantize_q6_k(bytes, count, destination)
    }
  }

  /// The ggml name of a type number this version does not read.
  static func nameOfUnsupported(_ number: UInt32) -> String {
    let names: [UInt32: String] = [
      9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
      19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16",
      26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
      40: "NVFP4", 41: "Q1_0",
    ]
    return names[number] ?? "number \(number)"
  }
}
