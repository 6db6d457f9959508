import CKernels

/// A row-major fp32 matrix somewhere in memory: address and distance between rows.
package struct MatrixView {
  package var pointer: UnsafePointer<Float>
  package var stride: Int
  package var transposed = false

  package init(_ pointer: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
    self.pointer = pointer
    self.stride = stride
    self.transposed = transposed
  }

  /// The same memory read as its transpose.
  package var transpose: MatrixView { MatrixView(pointer, stride: stride, transposed: !transposed) }
}

/// C = alpha A B + beta C with C `[rows, columns]`, A `[rows, inner]`, B `[inner, columns]`, fp32.
package func multiply(
  _ a: MatrixView, _ b: MatrixView, rows: Int, columns: Int, inner: Int, alpha: Float = 1,
  beta: Float = 0, into c: UnsafeMutablePointer<Float>, stride: Int
) throws(TensorError) {
  let status = prism_sgemm(
    a.transposed ? 1 : 0, b.transposed ? 1 : 0, rows, columns, inner, alpha, a.pointer, a.stride,
    b.pointer, b.stride, beta, c, stride)
  guard status == 0 else {
    throw .productFailed(rows: rows, inputs: inner, outputs: columns, status: Int(status))
  }
}
