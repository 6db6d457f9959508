/// Tokens and merges as a reader found them, checked.
struct BytePairVocabulary: Sendable {
  let table: TokenTable
  /// Tokens that text may become, by their bytes. Control tokens are not among them.
  let textTokens: [[UInt8]: Int32]
  let controlTokens: [Int32: String]
  let merges: MergeTable
  /// The merges in order, for the fingerprint.
  let mergesDigest: [UInt8]

  func id(ofText text: [UInt8]) -> Int32? { textTokens[text] }

  /// A merge as files write it: the two parts, in the spelling of the vocabulary.
  typealias PlainMerge = (left: [UInt8], right: [UInt8])

  /// - Parameters:
  ///   - table: the bytes of each id.
  ///   - spellings: every token that merges may name, as the file spells it.
  ///   - textTokens: tokens that text may become, by their bytes.
  ///   - merges: in order of rank.
  /// Throws `ModelError.tokenizer` for a merge of or into a token that does not exist, and for one
  /// that occurs twice. A merge into a control token is left out: text must never become one.
  init(
    table: TokenTable, spellings: [[UInt8]: Int32], textTokens: [[UInt8]: Int32],
    controlTokens: [Int32: String], merges plain: [PlainMerge]
  ) throws {
    var merges = MergeTable(minimumCapacity: plain.count)
    var digest: [UInt8] = []
    for (rank, merge) in plain.enumerated() {
      func id(_ part: [UInt8]) throws -> Int32 {
        guard let id = spellings[part] else {
          throw ModelError.tokenizer(
            what: "merge \(rank)", expected: "tokens of the vocabulary",
            found: "\"\(String(decoding: part.prefix(60), as: UTF8.self))\"")
        }
        return id
      }
      let left = try id(merge.left)
      let right = try id(merge.right)
      let result = try id(merge.left + merge.right)
      guard controlTokens[result] == nil else { continue }
      guard merges.insert(left: left, right: right, rank: UInt32(rank), result: result) else {
        throw ModelError.tokenizer(
          what: "merge \(rank)", expected: "each pair once",
          found:
            "\"\(String(decoding: merge.left.prefix(60), as: UTF8.self))\" and \"\(String(decoding: merge.right.prefix(60), as: UTF8.self))\" again"
        )
      }
      withUnsafeBytes(of: (left.littleEndian, right.littleEndian)) { digest.append(contentsOf: $0) }
    }
    self.init(
      table: table, textTokens: textTokens, controlTokens: controlTokens, merges: merges,
      mergesDigest: digest)
  }

  init(
    table: TokenTable, textTokens: [[UInt8]: Int32], controlTokens: [Int32: String],
    merges: MergeTable, mergesDigest: [UInt8]
  ) {
    self.table = table
    self.textTokens = textTokens
    self.controlTokens = controlTokens
    self.merges = merges
    self.mergesDigest = mergesDigest
  }
}
