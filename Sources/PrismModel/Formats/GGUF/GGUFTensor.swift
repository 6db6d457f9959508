/// Where a tensor lies in a GGUF file and what it looks like.
package struct GGUFTensor: Sendable, Equatable {
  package let name: String
  package let type: GGUFTensorType
  /// Row-major shape, `[out, in]` for a matrix: the reverse of the order in the file.
  package let shape: [Int]
  /// Bytes of the tensor, counted from the start of the file.
  package let range: Range<Int>

  /// Number of values.
  package var count: Int { shape.reduce(1, *) }
}

/// Checks shared by the readers of both weight formats.
enum TensorChecks {
  /// The product, or nil where it does not fit.
  static func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow || factor < 0 { return nil }
      result = product
    }
    return result
  }

  /// Throws `ModelError.malformed` naming the first two tensors that share bytes.
  static func requireDisjoint(_ tensors: [(name: String, range: Range<Int>)], path: String) throws {
    let ordered = tensors.sorted { ($0.range.lowerBound, $0.name) < ($1.range.lowerBound, $1.name) }
    for (first, second) in zip(ordered, ordered.dropFirst())
    where second.range.lowerBound < first.range.upperBound {
      throw ModelError.malformed(
        path: path, at: "tensor \(second.name)", expected: "bytes of its own",
        found: "bytes that \(first.name) also uses")
    }
  }
}
