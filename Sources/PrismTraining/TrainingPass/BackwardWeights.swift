package import PrismModel
package import PrismTensor

/// Frozen weights packed a second time, for gradients with respect to their inputs.
package struct BackwardWeights: Sendable {
  package struct Layer: Sendable {
    /// (H + 2K) E -> D
    package let queryKeyValue: PackedMatrix
    /// D -> H E
    package let output: PackedMatrix
    /// 2F -> D
    package let gateUp: PackedMatrix
    /// D -> F
    package let down: PackedMatrix
  }

  package let firstLayer: Int
  private let layers: [Layer]
  /// Rows of the output matrix, `[V, D]`.
  package let outputRows: RowTable

  /// Packs the layers from `firstLayer` up.
  package init(_ model: Transformer, firstLayer: Int) throws {
    self.firstLayer = firstLayer
    let reader = WeightReader(model.weights)
    let shape = model.configuration
    layers = try (firstLayer..<shape.layerCount).map { layer in
      func packed(_ projections: [Projection]) throws -> PackedMatrix {
        try reader.packed(
          projections, layer: layer, model: shape, format: model.format, backward: true)
      }
      return Layer(
        queryKeyValue: try packed([.query, .key, .value]), output: try packed([.output]),
        gateUp: try packed([.gate, .up]), down: try packed([.down]))
    }
    outputRows = try model.outputRows()
  }

  package subscript(layer: Int) -> Layer { layers[layer - firstLayer] }
}
