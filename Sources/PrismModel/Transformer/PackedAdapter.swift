import CKernels
package import PrismTensor

/// An adapter that no longer changes, packed in bf16 for the product kernel: two products a projection
/// group, A's of the group side by side and B's on the diagonal of one matrix.
package final class PackedAdapter: @unchecked Sendable {
  private struct Pair {
    /// in -> group.count * rank
    let down: PackedMatrix
    /// group.count * rank -> sum of out
    let up: PackedMatrix
    /// The column of y that each projection ends before.
    let ends: [Int]
  }

  private let weights: LoRAWeights
  private let pairs: [[Pair]]

  /// `nil` where the processor has no kernel for rows in the middle of a batch.
  package init?(_ weights: LoRAWeights) throws(TensorError) {
    self.weights = weights
    var pairs: [[Pair]] = []
    for layer in weights.layers {
      var groups: [Pair] = []
      for group in ActiveAdapter.groups { groups.append(try Self.pair(group, layer, weights)) }
      pairs.append(groups)
    }
    self.pairs = pairs
    let supported = pairs.allSatisfy { $0.allSatisfy { $0.down.multipliesLowRank(through: $0.up) } }
    guard supported else { return nil }
  }

  private static func pair(
    _ group: [Projection], _ layer: Int, _ weights: LoRAWeights
  ) throws(TensorError) -> Pair {
    let rank = weights.rank
    let width = rank * group.count
    let sizes = group.map { $0.size(in: weights.model) }
    let outputs = sizes.reduce(0) { $0 + $1.output }
    let inputs = sizes[0].input
    let a = weights.rangeOfA(layer: layer, group[0]).lowerBound
    let down = Array(weights.values[a..<a + width * inputs])
    var up = [Float](repeating: 0, count: outputs * width)
    var ends: [Int] = []
    for (index, projection) in group.enumerated() {
      let range = weights.rangeOfB(layer: layer, projection)
      for (offset, value) in weights.values[range].enumerated() {
        up[((ends.last ?? 0) + offset / rank) * width + index * rank + offset % rank] = value
      }
      ends.append((ends.last ?? 0) + sizes[index].output)
    }
    return Pair(
      down: try PackedMatrix(
        down, inputs: inputs, outputs: width, transposed: true, format: .bf16),
      up: try PackedMatrix(up, inputs: width, outputs: outputs, transposed: true, format: .bf16),
      ends: ends)
  }

  /// y += scale * (x A^T) B^T for the group's projections side by side in y.
  ///
  /// - Parameters:
  ///   - group: index into `ActiveAdapter.groups`.
  ///   - x: `[rows, in]`, contiguous.
  ///   - y: `[rows, sum of out]`, contiguous; rows beyond are not touched.
  package func add(
    group: Int, layer: Int, x: UnsafePointer<UInt16>, rows: Int, to y: UnsafeMutablePointer<Float>
  ) {
    guard weights.layers.contains(layer) else { return }
    let pair = pairs[layer - weights.layers.lowerBound][group]
    _ = pair.down.addLowRank(
      x, rows: rows, through: pair.up, ends: pair.ends, scale: weights.scale, to: y)
  }
}
