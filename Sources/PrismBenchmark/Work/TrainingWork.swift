package import PrismModel

/// Arithmetic of one distillation step, in multiply-adds.
///
/// The base weights are frozen: their backward pass is one product a matrix, toward the input, and stops
/// at the lowest adapted layer. The optimizer's few operations a parameter are left out.
package struct TrainingWork: Hashable, Sendable {
  /// Products with the frozen weights, forward and backward.
  package let frozen: Int
  /// Low-rank products: forward once, and backward twice as much for their parameters and their inputs.
  package let adapter: Int
  /// Forward 2 products a pair of positions, backward 5: scores again, and the gradients of values,
  /// scores, queries and keys.
  package let attention: Int
  /// Logits of the teacher's tokens and their gradient.
  package let loss: Int

  package var total: Int { frozen + adapter + attention + loss }

  /// - Parameters:
  ///   - lengths: tokens of each packed sequence.
  ///   - answerTokens: positions with a loss, over all sequences.
  ///   - width: teacher tokens a position.
  package init(
    _ shape: ModelConfiguration, lengths: [Int], answerTokens: Int, width: Int, rank: Int,
    adapted: Range<Int>
  ) {
    let work = ModelWork(shape)
    let rows = lengths.reduce(0, +)
    // Below the lowest adapted projections nothing learns, so their own inputs need no gradient.
    let lowest = shape.hiddenSize * shape.queryKeyValueSize
    frozen = rows * (work.layers + adapted.count * work.layer - lowest)
    adapter =
      rows * (3 * adapted.count * work.adapter(rank: rank) - 3 * rank * shape.hiddenSize)
    let pairs = lengths.reduce(0) { $0 + work.attention(rows: $1) }
    attention = pairs * shape.layerCount + pairs * adapted.count * 5 / 2
    loss = 2 * answerTokens * width * shape.hiddenSize
  }
}
