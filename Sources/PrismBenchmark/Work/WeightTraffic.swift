package import PrismModel
import PrismTensor

/// Bytes of packed weights that a forward pass reads, however few its rows are. The cache's keys and
/// values and the rows of the embedding, small beside them, are left out.
package struct WeightTraffic: Hashable, Sendable {
  /// All layers.
  package let layers: Int
  /// The output matrix.
  package let head: Int

  package init(_ model: Transformer) {
    layers = model.layers.reduce(0) { sum, layer in
      sum + layer.queryKeyValue.byteCount + layer.output.byteCount + layer.gateUp.byteCount
        + layer.down.byteCount
    }
    head = model.head?.byteCount ?? 0
  }

  /// One step of decoding, of however many streams.
  package var step: Int { layers + head }
}
