/// BPE over characters with `▁` for the space and bytes for unknown characters (Llama 2, Mistral).
public struct SentencePieceTokenizer: Tokenizer {
  /// What happens to characters and pieces beside merging.
  struct Rules: Hashable, Sendable {
    var metaspace: Metaspace?
    /// Unknown characters become the tokens `<0x00>` ... `<0xFF>`.
    var fallsBackToBytes: Bool
    /// The token of characters that are not known otherwise; without it they are lost.
    var unknownToken: Int32?
    /// Unknown characters in a row become one unknown token.
    var fusesUnknown: Bool
    /// Pieces that are tokens stay whole whatever the merges say.
    var ignoresMerges: Bool
  }

  private let table: TokenTable
  private let added: AddedTokens
  private let rules: Rules
  private let merges: MergeTable
  private let characters: [UInt32: Int32]
  /// By byte; empty without byte fallback, nil for a byte that has no token.
  private let byteTokens: [Int32?]
  private let wholePieces: [[UInt8]: Int32]
  private let ends: TokenizerEnds
  public let controlTokens: [Int32: String]
  public let decoding: TextDecoding
  public let fingerprint: String

  public var vocabularyCount: Int { table.count }
  public var beginToken: Int32? { ends.beginToken }
  public var addsBeginToken: Bool { ends.addsBeginToken }
  public var endToken: Int32 { ends.endToken }
  public var stopTokens: Set<Int32> { ends.stopTokens }

  /// `byteTokens` are the ids of `<0x00>` ... `<0xFF>`.
  init(
    vocabulary: BytePairVocabulary, added: AddedTokens, rules: Rules, byteTokens: [Int32?],
    stripsLeadingSpace: Bool, ends: TokenizerEnds
  ) {
    table = vocabulary.table
    self.added = added
    self.rules = rules
    merges = vocabulary.merges
    self.byteTokens = rules.fallsBackToBytes ? byteTokens : []
    var characters: [UInt32: Int32] = [:]
    for (text, id) in vocabulary.textTokens where text.count <= 4 {
      let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
      if scalars.count == 1, let scalar = scalars.first, UTF8.encode(scalar).map({ Array($0) }) == text {
        characters[scalar.value] = id
      }
    }
    self.characters = characters
    wholePieces = rules.ignoresMerges ? vocabulary.textTokens : [:]
    self.ends = ends
    controlTokens = vocabulary.controlTokens
    decoding = TextDecoding(stripsLeadingSpace: stripsLeadingSpace, replacesEachByte: true)
    var fingerprint = TokenizerFingerprint()
    fingerprint.add(
      "sentencepiece \(rules.metaspace?.summary ?? "") \(rules.fallsBackToBytes) "
        + "\(rules.unknownToken ?? -1) \(rules.fusesUnknown) \(rules.ignoresMerges) \(stripsLeadingSpace)")
    fingerprint.add(vocabulary.table, added)
    fingerprint.add(vocabulary.mergesDigest)
    self.fingerprint = fingerprint.finish()
  }

  public func encode(_ text: String, parsingControlTokens: Bool) -> [Int32] {
    added.encode(text, parsingControlTokens: parsingControlTokens) { text, isBeginning, ids in
      let pieces = rules.metaspace?.pieces(of: text, isBeginning: isBeginning) ?? [text]
      for piece in pieces {
        if !wholePieces.isEmpty, let id = wholePieces[Array(piece)] {
          ids.append(id)
        } else {
          ids.append(contentsOf: merges.merging(symbols(of: piece)))
        }
      }
    }
  }

  public func bytes(of id: Int32) -> [UInt8] {
    controlTokens[id] == nil ? Array(table[id]) : []
  }

  /// One token a character, or one a byte, or the unknown token.
  private func symbols(of piece: ArraySlice<UInt8>) -> [Int32] {
    var symbols: [Int32] = []
    var followsUnknown = false
    for scalar in String(decoding: piece, as: UTF8.self).unicodeScalars {
      if let id = characters[scalar.value] {
        symbols.append(id)
        followsUnknown = false
        continue
      }
      if let bytes = bytesTokens(of: scalar) {
        symbols.append(contentsOf: bytes)
        followsUnknown = false
      } else if let unknown = rules.unknownToken {
        if !(followsUnknown && rules.fusesUnknown) { symbols.append(unknown) }
        followsUnknown = true
      }
    }
    return symbols
  }

  /// Nil unless every byte has a token.
  private func bytesTokens(of scalar: Unicode.Scalar) -> [Int32]? {
    guard !byteTokens.isEmpty, let encoded = UTF8.encode(scalar) else { return nil }
    var ids: [Int32] = []
    for byte in encoded {
      guard let id = byteTokens[Int(byte)] else { return nil }
      ids.append(id)
    }
    return ids
  }
}
