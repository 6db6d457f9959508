package import PrismTensor

/// An adapter's parameters in fixed memory, ready to be added to projections.
package final class ActiveAdapter: @unchecked Sendable {
  /// Shape and settings; the values live in `parameters`.
  package let weights: LoRAWeights
  package let parameters: Buffer<Float>

  package init(_ weights: LoRAWeights) {
    self.weights = weights
    parameters = Buffer(count: weights.values.count)
    parameters.pointer.update(from: weights.values, count: weights.values.count)
  }

  /// Projections that read the same input; their A's lie one below the other.
  package static let groups: [[Projection]] = [[.query, .key, .value], [.output], [.gate, .up], [.down]]

  package func a(_ layer: Int, _ projection: Projection) -> UnsafeMutablePointer<Float> {
    parameters.pointer + weights.rangeOfA(layer: layer, projection).lowerBound
  }

  package func b(_ layer: Int, _ projection: Projection) -> UnsafeMutablePointer<Float> {
    parameters.pointer + weights.rangeOfB(layer: layer, projection).lowerBound
  }

  /// y += scale * (x A^T) B^T for the group's projections side by side in y.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`, contiguous.
  ///   - low: receives x A^T, `[rows, group.count * rank]`.
  ///   - y: `[rows, sum of out]`, contiguous.
  package func add(
    _ group: [Projection], layer: Int, x: UnsafePointer<Float>, rows: Int,
    low: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) throws(TensorError) {
    guard weights.layers.contains(layer) else { return }
    let rank = weights.rank
    let sizes = group.map { $0.size(in: weights.model) }
    let inputs = sizes[0].input
    let width = rank * group.count
    let stride = sizes.reduce(0) { $0 + $1.output }
    try multiply(
      MatrixView(x, stride: inputs), MatrixView(a(layer, group[0]), stride: inputs).transpose,
      rows: rows, columns: width, inner: inputs, into: low, stride: width)
    var column = 0
    for (index, projection) in group.enumerated() {
      try multiply(
        MatrixView(low + index * rank, stride: width),
        MatrixView(b(layer, projection), stride: rank).transpose,
        rows: rows, columns: sizes[index].output, inner: rank, alpha: weights.scale, beta: 1,
        into: y + column, stride: stride)
      column += sizes[index].output
    }
  }
}
