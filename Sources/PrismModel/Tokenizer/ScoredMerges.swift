/// The merges that SentencePiece scores imply: two neighbours merge when together they are a piece,
/// the piece with the highest score first.
enum ScoredMerges {
  /// Pieces longer than this are refused: every way to cut one is tried. Unit: bytes.
  static let longestPiece = 256

  /// `textTokens` are pieces that text may become; `scores` has one value for each id.
  static func merges(
    of textTokens: [[UInt8]: Int32], scores: [Float]
  ) throws -> (MergeTable, digest: [UInt8]) {
    let pieces = textTokens.sorted { (scores[Int($0.value)], $1.value) > (scores[Int($1.value)], $0.value) }
    var merges = MergeTable(minimumCapacity: pieces.count)
    var digest: [UInt8] = []
    var rank: UInt32 = 0
    var lastScore: Float?
    for (piece, id) in pieces {
      guard piece.count <= longestPiece else {
        throw ModelError.tokenizer(
          what: "token \(id)", expected: "at most \(longestPiece) bytes", found: "\(piece.count)")
      }
      let score = scores[Int(id)]
      if let lastScore, lastScore != score { rank += 1 }
      lastScore = score
      withUnsafeBytes(of: (id.littleEndian, score.bitPattern.littleEndian)) {
        digest.append(contentsOf: $0)
      }
      for cut in piece.indices.dropFirst() where piece[cut] & 0xC0 != 0x80 {
        guard let left = textTokens[Array(piece[..<cut])],
          let right = textTokens[Array(piece[cut...])]
        else { continue }
        _ = merges.insert(left: left, right: right, rank: rank, result: id)
      }
    }
    return (merges, digest)
  }
}
