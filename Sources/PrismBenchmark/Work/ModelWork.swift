package import PrismModel

/// Arithmetic that the model's formulas ask for, in multiply-adds. Letters as in `ModelConfiguration`.
///
/// Norms, rotations and activations, a few operations a value, are left out, as is usual.
package struct ModelWork: Hashable, Sendable {
  private let shape: ModelConfiguration

  package init(_ shape: ModelConfiguration) { self.shape = shape }

  /// Matrix products of one layer for one row: D (H + 2K) E + H E D + 2 D F + F D.
  package var layer: Int {
    shape.hiddenSize * shape.queryKeyValueSize + shape.querySize * shape.hiddenSize
      + 3 * shape.hiddenSize * shape.feedForwardSize
  }

  /// Matrix products of all layers for one row.
  package var layers: Int { shape.layerCount * layer }

  /// Logits of one row: D V.
  package var head: Int { shape.hiddenSize * shape.vocabularySize }

  /// Scores and weighted values of one layer for `rows` new positions after `past` old ones: 2 H E for
  /// each of the position's own and all earlier ones.
  package func attention(past: Int = 0, rows: Int) -> Int {
    2 * shape.querySize * (rows * past + rows * (rows + 1) / 2)
  }

  /// Low-rank products of one adapted layer for one row: r (in + out) for each of the seven projections.
  package func adapter(rank: Int) -> Int {
    rank
      * Projection.allCases.reduce(0) { sum, projection in
        let size = projection.size(in: shape)
        return sum + size.input + size.output
      }
  }

  /// Reading a prompt and its last logits.
  package func prefill(_ tokens: Int) -> Int {
    tokens * layers + shape.layerCount * attention(rows: tokens) + head
  }

  /// `steps` more tokens of each of `streams`, each with logits, after prompts of `past` tokens.
  package func decode(streams: Int, past: Int, steps: Int) -> Int {
    streams * (steps * (layers + head) + shape.layerCount * attention(past: past, rows: steps))
  }
}
