extension TokenizerReader {
  /// What `tokenizer.ggml.token_type` says of a token.
  private enum TokenType: Int {
    case undefined = 0
    case normal, unknown, control, userDefined, unused, byte

    var isControl: Bool { self == .control || self == .unknown }
    /// Ordinary text may become it.
    var isText: Bool { self == .normal || self == .undefined }
  }

  /// Which keys a GGUF file describes its tokenizer with.
  private enum Key {
    static let model = "tokenizer.ggml.model"
    static let pre = "tokenizer.ggml.pre"
    static let tokens = "tokenizer.ggml.tokens"
    static let merges = "tokenizer.ggml.merges"
    static let scores = "tokenizer.ggml.scores"
    static let types = "tokenizer.ggml.token_type"
    static let begin = "tokenizer.ggml.bos_token_id"
    static let end = "tokenizer.ggml.eos_token_id"
    static let otherEnds = ["tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"]
    static let unknown = "tokenizer.ggml.unknown_token_id"
    static let addsBegin = "tokenizer.ggml.add_bos_token"
    static let addsSpace = "tokenizer.ggml.add_space_prefix"
  }

  /// The tokenizer in a GGUF file's metadata. `path` is for messages only.
  ///
  /// Throws `ModelError.unsupported` for a model or pre-tokenizer that this version does not know, and
  /// `ModelError.tokenizer` for tokens, merges, scores or ids that contradict each other.
  package static func fromGGUF(
    metadata: [String: MetadataValue], path: String
  ) throws -> any Tokenizer {
    let file = Entries(metadata: metadata)
    let model = try file.string(Key.model)
    switch model {
    case "gpt2": return try byteLevel(file, path: path)
    case "llama": return try sentencePiece(file)
    default:
      throw ModelError.unsupported(
        path: path, what: "the tokenizer model \"\(model.prefix(80))\"", supported: "gpt2, llama")
    }
  }

  private static func byteLevel(_ file: Entries, path: String) throws -> ByteLevelTokenizer {
    let name = try file.string(Key.pre)
    guard let kind = GGUFPreTokenizer(rawValue: name) else {
      throw ModelError.unsupported(
        path: path, what: "the pre-tokenizer \"\(name.prefix(80))\"",
        supported: GGUFPreTokenizer.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let tokens = try tokenList(file)
    var bytes: [[UInt8]] = []
    bytes.reserveCapacity(tokens.count)
    var spellings: [[UInt8]: Int32] = [:]
    var textTokens: [[UInt8]: Int32] = [:]
    spellings.reserveCapacity(tokens.count)
    textTokens.reserveCapacity(tokens.count)
    for (id, token) in tokens.enumerated() {
      let decoded = token.type == .userDefined ? nil : ByteAlphabet.decode(token.spelling)
      bytes.append(decoded ?? token.spelling)
      if token.spelling.isEmpty || token.type == .unused { continue }
      if let other = spellings.updateValue(Int32(id), forKey: token.spelling) {
        throw wrong(
          "token \(id)", expected: "a text of its own",
          found: "\"\(text(token.spelling))\", which is token \(other) too")
      }
      if token.type.isText, let decoded { textTokens[decoded] = Int32(id) }
    }
    let control = controlTexts(tokens)
    let vocabulary = try BytePairVocabulary(
      table: TokenTable(bytes), spellings: spellings, textTokens: textTokens,
      controlTokens: control, merges: try mergeList(file))
    return ByteLevelTokenizer(
      vocabulary: vocabulary,
      added: AddedTokens(addedTokens(tokens), normalizer: kind.normalizer),
      preTokenizer: kind.preTokenizer, ignoresMerges: kind.ignoresMerges,
      ends: try ends(file, tokens.count, control, addsBegin: kind.addsBeginToken))
  }

  private static func sentencePiece(_ file: Entries) throws -> SentencePieceTokenizer {
    let tokens = try tokenList(file)
    guard case .floats(let scores)? = file.metadata[Key.scores], scores.count == tokens.count,
      scores.allSatisfy({ !$0.isNaN })
    else {
      throw wrong(
        Key.scores, expected: "\(tokens.count) numbers, one a token",
        found: file.metadata[Key.scores]?.kind ?? "nothing")
    }
    var bytes: [[UInt8]] = []
    var textTokens: [[UInt8]: Int32] = [:]
    var byteTokens = [Int32?](repeating: nil, count: 256)
    for (id, token) in tokens.enumerated() {
      if token.type == .byte {
        guard let byte = fallbackByte(token.spelling) else {
          throw wrong(
            "byte token \(id)", expected: "<0x00> to <0xFF>", found: "\"\(text(token.spelling))\"")
        }
        byteTokens[Int(byte)] = Int32(id)
        bytes.append([byte])
        continue
      }
      bytes.append(
        token.type == .userDefined
          ? token.spelling
          : TextNormalizer.replacing(Metaspace.mark, with: [0x20], in: token.spelling))
      guard token.type.isText, !token.spelling.isEmpty else { continue }
      if let other = textTokens.updateValue(Int32(id), forKey: token.spelling) {
        throw wrong(
          "token \(id)", expected: "a text of its own",
          found: "\"\(text(token.spelling))\", which is token \(other) too")
      }
    }
    let control = controlTexts(tokens)
    let (merges, digest) = try ScoredMerges.merges(of: textTokens, scores: scores)
    let addsSpace = try file.boolean(Key.addsSpace) ?? true
    let normalizer = TextNormalizer(
      steps: (addsSpace ? [.prepend(Metaspace.mark)] : []) + [.replace([0x20], with: Metaspace.mark)])
    return SentencePieceTokenizer(
      vocabulary: BytePairVocabulary(
        table: TokenTable(bytes), textTokens: textTokens, controlTokens: control, merges: merges,
        mergesDigest: digest),
      added: AddedTokens(addedTokens(tokens), normalizer: normalizer),
      rules: SentencePieceTokenizer.Rules(
        metaspace: nil, fallsBackToBytes: true,
        unknownToken: try file.id(Key.unknown, below: tokens.count)
          ?? tokens.firstIndex { $0.type == .unknown }.map { Int32($0) },
        fusesUnknown: true, ignoresMerges: false),
      byteTokens: byteTokens, stripsLeadingSpace: addsSpace,
      ends: try ends(file, tokens.count, control, addsBegin: true))
  }

  private static func tokenList(
    _ file: Entries
  ) throws -> [(spelling: [UInt8], type: TokenType)] {
    guard case .strings(let spellings)? = file.metadata[Key.tokens], !spellings.isEmpty,
      spellings.count <= Int(Int32.max)
    else {
      throw wrong(
        Key.tokens, expected: "an array of strings",
        found: file.metadata[Key.tokens]?.kind ?? "nothing")
    }
    guard let types = file.metadata[Key.types] else { return spellings.map { ($0, .normal) } }
    guard case .ints(let numbers) = types, numbers.count == spellings.count else {
      throw wrong(Key.types, expected: "\(spellings.count) integers, one a token", found: types.kind)
    }
    return try zip(spellings, numbers).map { spelling, number in
      guard let type = Int(exactly: number).flatMap({ TokenType(rawValue: $0) }) else {
        throw wrong(Key.types, expected: "types from 0 to 6", found: "\(number)")
      }
      return (spelling, type)
    }
  }

  private static func mergeList(_ file: Entries) throws -> [BytePairVocabulary.PlainMerge] {
    guard case .strings(let lines)? = file.metadata[Key.merges] else {
      throw wrong(
        Key.merges, expected: "an array of strings",
        found: file.metadata[Key.merges]?.kind ?? "nothing")
    }
    return try lines.enumerated().map { rank, line in try merge(line, rank: rank) }
  }

  private static func controlTexts(
    _ tokens: [(spelling: [UInt8], type: TokenType)]
  ) -> [Int32: String] {
    var texts: [Int32: String] = [:]
    for (id, token) in tokens.enumerated() where token.type.isControl {
      texts[Int32(id)] = String(decoding: token.spelling, as: UTF8.self)
    }
    return texts
  }

  private static func addedTokens(
    _ tokens: [(spelling: [UInt8], type: TokenType)]
  ) -> [AddedToken] {
    tokens.enumerated().compactMap { id, token in
      guard token.type.isControl || token.type == .userDefined else { return nil }
      return AddedToken(id: Int32(id), content: token.spelling, isControl: token.type.isControl)
    }
  }

  private static func ends(
    _ file: Entries, _ count: Int, _ control: [Int32: String], addsBegin: Bool
  ) throws -> TokenizerEnds {
    guard let end = try file.id(Key.end, below: count) else {
      throw wrong(Key.end, expected: "the id of the token that ends a text", found: "nothing")
    }
    return TokenizerEnds(
      beginToken: try file.id(Key.begin, below: count),
      addsBeginToken: try file.boolean(Key.addsBegin) ?? addsBegin, endToken: end,
      others: try Key.otherEnds.compactMap { try file.id($0, below: count) }, controlTokens: control)
  }

  /// Metadata with checked types.
  private struct Entries {
    let metadata: [String: MetadataValue]

    func string(_ key: String) throws -> String {
      guard let text = metadata[key]?.text else {
        throw wrong(key, expected: "a string", found: metadata[key]?.kind ?? "nothing")
      }
      return text
    }

    func boolean(_ key: String) throws -> Bool? {
      guard let value = metadata[key] else { return nil }
      guard let boolean = value.boolean else {
        throw wrong(key, expected: "a boolean", found: value.kind)
      }
      return boolean
    }

    func id(_ key: String, below count: Int) throws -> Int32? {
      guard let value = metadata[key] else { return nil }
      guard let id = value.integer, id >= 0, id < count else {
        throw wrong(
          key, expected: "an id from 0 to \(count - 1)",
          found: value.integer.map { "\($0)" } ?? value.kind)
      }
      return Int32(id)
    }
  }
}
