import PrismModel
import PrismTensor

/// Token ids that mean nothing: the same on every machine, different in every stream.
struct SyntheticTokens {
  private let vocabularySize: Int

  init(_ shape: ModelConfiguration) { vocabularySize = shape.vocabularySize }

  func ids(_ count: Int, stream: UInt64) -> [Int32] {
    var random = SeededGenerator(seed: 0, 0xBE, stream)
    return (0..<count).map { _ in Int32.random(in: 0..<Int32(vocabularySize), using: &random) }
  }
}
