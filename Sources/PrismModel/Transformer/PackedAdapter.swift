import CKernels
package import PrismTensor

/// An adapter that no longer changes, packed in bf16 for the product kernel: two products a projection
/// group, A's of the group side by side and B's on the diagonal of one matrix.
package final class PackedAdapter: Sendable {
  private let weights: LoRAWeights
  private let pairs: [[LowRankPair]]

  /// `nil` where the processor has no kernel for rows in the middle of a batch.
  package init?(_ weights: LoRAWeights) throws(TensorError) {
    self.weights = weights
    var pairs: [[LowRankPair]] = []
    for layer in weights.layers {
      var groups: [LowRankPair] = []
      for group in ActiveAdapter.groups {
        guard let pair = try Self.pair(group, layer, weights) else { return nil }
        groups.append(pair)
      }
      pairs.append(groups)
    }
    self.pairs = pairs
  }

  private static func pair(
    _ group: [Projection], _ layer: Int, _ weights: LoRAWeights
  ) throws(TensorError) -> LowRankPair? {
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
    return LowRankPair(
      down: try PackedMatrix(
        down, inputs: inputs, outputs: width, transposed: true, format: .bf16),
      up: try PackedMatrix(up, inputs: width, outputs: outputs, transposed: true, format: .bf16),
      ends: ends, scale: weights.scale)
  }

  /// What the adapter adds to the product of a projection group, an index into `ActiveAdapter.groups`; `nil`
  /// in layers that it leaves alone.
  package func pair(group: Int, layer: Int) -> LowRankPair? {
    guard weights.layers.contains(layer) else { return nil }
    return pairs[layer - weights.layers.lowerBound][group]
  }

  /// Low-rank values of one row of the widest group.
  package var widestRank: Int { pairs.joined().map(\.rank).max() ?? 0 }
}
