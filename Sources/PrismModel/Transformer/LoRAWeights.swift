/// The seven linear maps of a decoder layer, under their checkpoint names.
public enum Projection: String, CaseIterable, Codable, Hashable, Sendable {
  case query = "q_proj"
  case key = "k_proj"
  case value = "v_proj"
  case output = "o_proj"
  case gate = "gate_proj"
  case up = "up_proj"
  case down = "down_proj"

  /// Columns read and rows written: `[in, out]`.
  package func size(in model: ModelConfiguration) -> (input: Int, output: Int) {
    switch self {
    case .query: (model.hiddenSize, model.querySize)
    case .key, .value: (model.hiddenSize, model.keyValueSize)
    case .output: (model.querySize, model.hiddenSize)
    case .gate, .up: (model.hiddenSize, model.feedForwardSize)
    case .down: (model.feedForwardSize, model.hiddenSize)
    }
  }

  /// The block of the layer it lives in, as checkpoints name it.
  package var block: String {
    switch self {
    case .query, .key, .value, .output: "self_attn"
    case .gate, .up, .down: "mlp"
    }
  }
}

/// Low-rank updates of every projection of the layers in `layers`: W' = W + (alpha / rank) B A.
///
/// All parameters live in one flat array, so that the optimizer, the gradient norm and a checkpoint
/// see a single vector. Per layer: A of q, k, v, o, gate, up, down, each `[rank, in]` (so the A's of
/// projections that share an input are one taller matrix), then B in the same order, each `[out, rank]`.
public struct LoRAWeights: Hashable, Sendable {
  public let rank: Int
  public let alpha: Float
  /// Adapted layers; the layers up to the gate's are never among them.
  public let layers: Range<Int>
  public let model: ModelConfiguration
  package var values: [Float]

  /// All parameters zero: the base model exactly.
  public init(rank: Int, alpha: Float, layers: Range<Int>, model: ModelConfiguration) {
    self.rank = rank
    self.alpha = alpha
    self.layers = layers
    self.model = model
    self.values = []
    self.values = [Float](repeating: 0, count: layers.count * parametersPerLayer)
  }

  /// Factor on B A.
  public var scale: Float { alpha / Float(rank) }

  package var parametersPerLayer: Int {
    Projection.allCases.reduce(0) { sum, projection in
      let size = projection.size(in: model)
      return sum + rank * (size.input + size.output)
    }
  }

  /// Where A of one projection lies in `values`; row-major `[rank, in]`.
  package func rangeOfA(layer: Int, _ projection: Projection) -> Range<Int> {
    var start = (layer - layers.lowerBound) * parametersPerLayer
    for other in Projection.allCases {
      let count = rank * other.size(in: model).input
      if other == projection { return start..<start + count }
      start += count
    }
    return start..<start
  }

  /// Where B of one projection lies in `values`; row-major `[out, rank]`.
  package func rangeOfB(layer: Int, _ projection: Projection) -> Range<Int> {
    var start = (layer - layers.lowerBound) * parametersPerLayer
    for other in Projection.allCases { start += rank * other.size(in: model).input }
    for other in Projection.allCases {
      let count = rank * other.size(in: model).output
      if other == projection { return start..<start + count }
      start += count
    }
    return start..<start
  }
}
