import CKernels

/// A frozen matrix packed for y = x W, in the layout that the product kernels read; immutable once made.
package final class PackedMatrix: @unchecked Sendable {
  /// Columns of x, columns of y.
  package let inputs: Int
  package let outputs: Int
  package let format: WeightFormat
  let weights: OpaquePointer

  /// - Parameters:
  ///   - source: fp32, row-major; `[outputs, inputs]` when `transposed` (a checkpoint's projection),
  ///     else `[inputs, outputs]`.
  package init(
    _ source: UnsafePointer<Float>, inputs: Int, outputs: Int, transposed: Bool,
    format: WeightFormat
  ) throws(TensorError) {
    guard
      let weights = prism_weights_create(source, inputs, outputs, transposed ? 1 : 0, format.code)
    else { throw .packingFailed(inputs: inputs, outputs: outputs, format: format) }
    self.weights = weights
    self.inputs = inputs
    self.outputs = outputs
    self.format = format
  }

  /// The same in the format of a precision.
  package convenience init(
    _ source: UnsafePointer<Float>, inputs: Int, outputs: Int, transposed: Bool,
    precision: Precision
  ) throws(TensorError) {
    try self.init(
      source, inputs: inputs, outputs: outputs, transposed: transposed,
      format: WeightFormat(precision))
  }

  /// Says that products with `next` usually follow those with this matrix, so that a thread that waits can
  /// ask memory for what comes. Only while one thread knows the matrix.
  package func precede(_ next: PackedMatrix) { prism_weights_precede(weights, next.weights) }

  /// Precision of x.
  package var precision: Precision { format.inputs }

  deinit { prism_weights_destroy(weights) }

  package var byteCount: Int { prism_weights_bytes(weights) }

  /// y = x W, or y += x W, with updates that have read their inputs. `x` is `[rows, inputs]` in the matrix's
  /// precision, `y` `[rows, outputs]` fp32; both have room for `paddedRows(rows)` rows.
  package func multiply(
    _ x: UnsafeRawPointer, rows: Int, into y: UnsafeMutablePointer<Float>, accumulate: Bool = false,
    updates: LowRankUpdates = LowRankUpdates()
  ) throws(TensorError) {
    let status = prism_matmul(
      weights, rows, x, y, accumulate ? 1 : 0, updates.views, updates.views.count)
    guard status == 0 else {
      throw .productFailed(rows: rows, inputs: inputs, outputs: outputs, status: Int(status))
    }
  }

  /// activated = silu(x W_gate) (x W_up), where the gate is the first half of the columns: `[rows, outputs / 2]`
  /// in bf16, to the bit what `multiply` and then `prism_swiglu` give. Does nothing and returns `false` where
  /// that is not quicker, or memory is short.
  package func multiplyGated(
    _ x: UnsafeRawPointer, rows: Int, into activated: UnsafeMutablePointer<UInt16>,
    updates: LowRankUpdates = LowRankUpdates()
  ) -> Bool {
    prism_matmul_gated(weights, rows, x, activated, updates.views, updates.views.count) == 0
  }

  /// Rows computed, and so rows buffers need, for `rows`.
  package static func paddedRows(_ rows: Int) -> Int { prism_padded_rows(rows) }
}
