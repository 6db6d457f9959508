/// All added tokens of a vocabulary, and the order in which they and the normaliser act: tokens of
/// the raw text first, then normalisation of what lies between, then tokens of normalised text.
struct AddedTokens: Sendable {
  let tokens: [AddedToken]
  let normalizer: TextNormalizer
  private let raw: AddedTokenMatcher
  private let normalized: AddedTokenMatcher

  init(_ tokens: [AddedToken], normalizer: TextNormalizer) {
    self.tokens = tokens
    self.normalizer = normalizer
    let rawTokens = tokens.filter { !$0.isNormalized }
    let normalizedTokens = tokens.filter { $0.isNormalized }
    raw = AddedTokenMatcher(rawTokens, contents: rawTokens.map(\.content))
    normalized = AddedTokenMatcher(
      normalizedTokens, contents: normalizedTokens.map { normalizer.apply(to: $0.content[...]) })
  }

  /// Ids of `text`. `encode` appends the ids of normalised text without added tokens; it also
  /// learns whether that text stands at the very beginning.
  func encode(
    _ text: String, parsingControlTokens: Bool,
    _ encode: (ArraySlice<UInt8>, _ isBeginning: Bool, _ ids: inout [Int32]) -> Void
  ) -> [Int32] {
    let bytes = Array(text.utf8)
    var ids: [Int32] = []
    for section in raw.sections(of: bytes, parsingControlTokens: parsingControlTokens) {
      switch section {
      case .token(let id): ids.append(id)
      case .text(let range):
        let inner = normalizer.apply(to: bytes[range])
        for part in normalized.sections(of: inner, parsingControlTokens: parsingControlTokens) {
          switch part {
          case .token(let id): ids.append(id)
          case .text(let piece):
            encode(inner[piece], range.lowerBound == 0 && piece.lowerBound == 0, &ids)
          }
        }
      }
    }
    return ids
  }
}
