import CKernels

/// A frozen matrix packed for y = x W in the layout oneDNN prefers; immutable once made.
package final class PackedMatrix: @unchecked Sendable {
  /// Columns of x, columns of y.
  package let inputs: Int
  package let outputs: Int
  package let precision: Precision
  private let weights: OpaquePointer

  /// - Parameters:
  ///   - source: fp32, row-major; `[outputs, inputs]` when `transposed` (a checkpoint's projection),
  ///     else `[inputs, outputs]`.
  package init(
    _ source: UnsafePointer<Float>, inputs: Int, outputs: Int, transposed: Bool, precision: Precision
  ) throws(TensorError) {
    guard
      let weights = prism_weights_create(
        source, inputs, outputs, transposed ? 1 : 0, precision.code)
    else { throw .packingFailed(inputs: inputs, outputs: outputs, precision: precision) }
    self.weights = weights
    self.inputs = inputs
    self.outputs = outputs
    self.precision = precision
  }

  deinit { prism_weights_destroy(weights) }

  package var byteCount: Int { prism_weights_bytes(weights) }

  /// y = x W, or y += x W. `x` is `[rows, inputs]` in the matrix's precision, `y` `[rows, outputs]` fp32;
  /// both have room for `paddedRows(rows)` rows.
  package func multiply(
    _ x: UnsafeRawPointer, rows: Int, into y: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) throws(TensorError) {
    let status = prism_matmul(weights, rows, x, y, accumulate ? 1 : 0)
    guard status == 0 else {
      throw .productFailed(rows: rows, inputs: inputs, outputs: outputs, status: Int(status))
    }
  }

  /// Rows computed, and so rows buffers need, for `rows`.
  package static func paddedRows(_ rows: Int) -> Int { prism_padded_rows(rows) }
}
