/// Byte-level BPE: text is cut into pieces, each piece starts as single bytes, and pairs merge by rank
/// (GPT-2, SmolLM, Qwen2, Llama 3, DeepSeek-R1-Distill).
public struct ByteLevelTokenizer: Tokenizer {
  private let table: TokenTable
  private let added: AddedTokens
  private let preTokenizer: PreTokenizer
  private let merges: MergeTable
  /// The token of each single byte; nil where the vocabulary has none, and then the byte is lost, as
  /// it is in Hugging Face's tokenizers.
  private let byteTokens: [Int32?]
  /// Pieces that are tokens whatever the merges say (Llama 3's `ignore_merges`).
  private let wholePieces: [[UInt8]: Int32]
  private let ends: TokenizerEnds
  public let controlTokens: [Int32: String]
  public let fingerprint: String

  public var vocabularyCount: Int { table.count }
  public var beginToken: Int32? { ends.beginToken }
  public var addsBeginToken: Bool { ends.addsBeginToken }
  public var endToken: Int32 { ends.endToken }
  public var stopTokens: Set<Int32> { ends.stopTokens }

  init(
    vocabulary: BytePairVocabulary, added: AddedTokens, preTokenizer: PreTokenizer,
    ignoresMerges: Bool, ends: TokenizerEnds
  ) {
    table = vocabulary.table
    self.added = added
    self.preTokenizer = preTokenizer
    merges = vocabulary.merges
    byteTokens = (UInt8.min...UInt8.max).map { vocabulary.id(ofText: [$0]) }
    wholePieces = ignoresMerges ? vocabulary.textTokens : [:]
    self.ends = ends
    controlTokens = vocabulary.controlTokens
    var fingerprint = TokenizerFingerprint()
    fingerprint.add("byte-level, ignores merges \(ignoresMerges), \(preTokenizer.summary)")
    fingerprint.add(vocabulary.table, added)
    fingerprint.add(vocabulary.mergesDigest)
    self.fingerprint = fingerprint.finish()
  }

  public func encode(_ text: String, parsingControlTokens: Bool) -> [Int32] {
    added.encode(text, parsingControlTokens: parsingControlTokens) { text, _, ids in
      preTokenizer.forEachPiece(of: text) { piece in
        if !wholePieces.isEmpty, let id = wholePieces[Array(piece)] {
          ids.append(id)
        } else {
          ids.append(contentsOf: merges.merging(piece.compactMap { byteTokens[Int($0)] }))
        }
      }
    }
  }

  public func bytes(of id: Int32) -> [UInt8] {
    controlTokens[id] == nil ? Array(table[id]) : []
  }
}
