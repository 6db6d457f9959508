import CKernels
package import PrismTensor

/// A row-major matrix read a few rows at a time: embeddings, and output rows of a loss.
package final class RowTable: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  private let wide: Buffer<Float>?
  private let narrow: Buffer<UInt16>?

  package init(_ values: [Float], columns: Int, precision: Precision) {
    self.columns = columns
    rows = values.count / columns
    switch precision {
    case .fp32:
      let buffer = Buffer<Float>(count: values.count)
      buffer.pointer.update(from: values, count: values.count)
      wide = buffer
      narrow = nil
    case .bf16:
      let buffer = Buffer<UInt16>(count: values.count)
      prism_narrow(values, buffer.pointer, values.count)
      wide = nil
      narrow = buffer
    }
  }

  /// Copies one row as fp32.
  package func copyRow(_ row: Int, into out: UnsafeMutablePointer<Float>) {
    precondition(row >= 0 && row < rows, "row \(row) of a table of \(rows)")
    if let narrow {
      prism_widen(narrow.pointer + row * columns, out, columns)
    } else if let wide {
      out.update(from: wide.pointer + row * columns, count: columns)
    }
  }

  /// Dot product of one row with `x`, which has `columns` values.
  package func dot(_ row: Int, _ x: UnsafePointer<Float>) -> Float {
    precondition(row >= 0 && row < rows, "row \(row) of a table of \(rows)")
    if let narrow { return prism_dot_narrow(x, narrow.pointer + row * columns, columns) }
    return wide.map { prism_dot(x, $0.pointer + row * columns, columns) } ?? 0
  }

  /// out += factor * row.
  package func add(_ row: Int, times factor: Float, to out: UnsafeMutablePointer<Float>) {
    precondition(row >= 0 && row < rows, "row \(row) of a table of \(rows)")
    if let narrow {
      prism_axpy_narrow(factor, narrow.pointer + row * columns, out, columns)
    } else if let wide {
      prism_axpy(factor, wide.pointer + row * columns, out, columns)
    }
  }
}
