/// How rotary frequencies are stretched beyond the trained context.
public enum RopeScaling: Hashable, Codable, Sendable {
  case none
  /// Every frequency divided by `factor`.
  case linear(factor: Double)
  /// Llama 3: low frequencies divided by `factor`, high ones kept, a ramp between.
  case llama3(factor: Double, lowFactor: Double, highFactor: Double, originalContext: Int)
  /// A divisor per frequency, as GGUF's `rope_freqs.weight` holds it. Count: headSize / 2.
  case divisors([Float])
}

/// The shape of a Llama-family decoder. Letters used in shapes: B batch, T positions, D hidden,
/// H heads, K key-value heads, E head size, F feed-forward, V vocabulary, L layers.
public struct ModelConfiguration: Hashable, Codable, Sendable {
  public enum Architecture: String, Hashable, Codable, Sendable {
    case llama, mistral, qwen2
  }

  public var architecture: Architecture
  public var vocabularySize: Int
  public var hiddenSize: Int
  public var layerCount: Int
  public var headCount: Int
  public var keyValueHeadCount: Int
  public var headSize: Int
  public var feedForwardSize: Int
  /// Positions the model was made for. A sliding window shorter than it lowers it.
  public var contextLength: Int
  public var normEpsilon: Float
  public var ropeBase: Double
  public var ropeScaling: RopeScaling
  /// The output matrix is the embedding matrix.
  public var tiedOutput: Bool
  /// Query, key and value projections have biases (Qwen2).
  public var attentionBias: Bool

  public init(
    architecture: Architecture, vocabularySize: Int, hiddenSize: Int, layerCount: Int,
    headCount: Int, keyValueHeadCount: Int, headSize: Int, feedForwardSize: Int,
    contextLength: Int, normEpsilon: Float, ropeBase: Double, ropeScaling: RopeScaling = .none,
    tiedOutput: Bool, attentionBias: Bool
  ) {
    self.architecture = architecture
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.feedForwardSize = feedForwardSize
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.ropeBase = ropeBase
    self.ropeScaling = ropeScaling
    self.tiedOutput = tiedOutput
    self.attentionBias = attentionBias
  }

  /// Columns of the concatenated query, key and value projection.
  package var queryKeyValueSize: Int { (headCount + 2 * keyValueHeadCount) * headSize }
  package var querySize: Int { headCount * headSize }
  package var keyValueSize: Int { keyValueHeadCount * headSize }
}
