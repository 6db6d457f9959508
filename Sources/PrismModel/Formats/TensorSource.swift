/// Named weight tensors of a checkpoint under their Hugging Face names
/// (`model.layers.0.self_attn.q_proj.weight`, ...), whatever the file calls them.
package protocol TensorSource: Sendable {
  /// Every tensor present, sorted.
  var tensorNames: [String] { get }

  /// Row-major shape, `[out, in]` for a projection. Throws when the tensor is missing.
  func shape(of name: String) throws -> [Int]

  /// Writes the tensor as fp32, row-major, into `destination`, whose count is the tensor's.
  /// Query and key rows are in the half-split rotary order of Hugging Face.
  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws
}

/// What is left of a checkpoint once everything that is needed of it has been packed.
struct NoTensors: TensorSource {
  var tensorNames: [String] { [] }

  func shape(of name: String) throws -> [Int] { throw gone(name) }

  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    throw gone(name)
  }

  private func gone(_ name: String) -> ModelError {
    .invalidSetting(
      name: "tensor", value: name, allowed: "none, as only the first layers were packed")
  }
}
