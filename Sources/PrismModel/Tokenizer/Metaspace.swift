/// SentencePiece's way with spaces as a pre-tokenizer: each becomes `▁`, and text may get one in front.
struct Metaspace: Hashable, Sendable {
  enum Prepend: String, Hashable, Sendable, CaseIterable {
    case always
    /// Only at the very beginning, not after an added token.
    case first
    case never
  }

  /// UTF-8 of U+2581.
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  var prepend: Prepend
  /// Each `▁` begins a piece.
  var splits: Bool

  /// Stable text for the fingerprint.
  var summary: String { "metaspace \(prepend.rawValue) \(splits)" }

  func pieces(of text: ArraySlice<UInt8>, isBeginning: Bool) -> [ArraySlice<UInt8>] {
    var marked = TextNormalizer.replacing([0x20], with: Self.mark, in: Array(text))
    let wantsMark = prepend == .always || prepend == .first && isBeginning
    if wantsMark, !marked.starts(with: Self.mark) { marked = Self.mark + marked }
    guard splits else { return [marked[...]] }
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for index in marked.indices.dropFirst()
    where marked[index] == Self.mark[0] && marked[index...].starts(with: Self.mark) {
      pieces.append(marked[start..<index])
      start = index
    }
    pieces.append(marked[start...])
    return pieces
  }
}
