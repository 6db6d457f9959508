/// The tokens and merges of a `tokenizer.json`, checked.
struct HuggingFaceVocabulary {
  private(set) var added: [AddedToken] = []
  private(set) var controlTokens: [Int32: String] = [:]
  /// Ids of `<0x00>` ... `<0xFF>`.
  private(set) var byteTokens = [Int32?](repeating: nil, count: 256)
  let fallsBackToBytes: Bool
  let fusesUnknown: Bool
  let ignoresMerges: Bool
  private(set) var unknownToken: Int32? = nil

  private let isByteLevel: Bool
  /// By the file's spelling; added tokens only where the model's own vocabulary has them.
  private var spellings: [[UInt8]: Int32] = [:]
  private var addedIDs: [[UInt8]: Int32] = [:]
  private var merges: [BytePairVocabulary.PlainMerge] = []
  private(set) var count = 0

  init(_ file: TokenizerJSON, pipeline: HuggingFacePipeline, path: String) throws {
    guard let model = file["model"] else {
      throw TokenizerReader.wrong("model", expected: "an object", found: "nothing")
    }
    // Files older than the field have no type; everything they hold is checked all the same.
    guard model["type"] == nil || model["type"]?.text == "BPE" else {
      throw ModelError.unsupported(
        path: path, what: "the tokenizer model \(model["type"]?.kind ?? "")", supported: "BPE")
    }
    func flag(_ name: String) throws -> Bool {
      guard let value = model[name] else { return false }
      guard case .bool(let flag) = value else {
        throw TokenizerReader.wrong(name, expected: "true or false", found: value.kind)
      }
      return flag
    }
    isByteLevel = pipeline.isByteLevel
    fallsBackToBytes = try flag("byte_fallback")
    fusesUnknown = try flag("fuse_unk")
    ignoresMerges = try flag("ignore_merges")
    if let dropout = model["dropout"], dropout.integer != 0 {
      throw ModelError.unsupported(path: path, what: "dropout of merges", supported: "none")
    }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = model[name], affix.bytes?.isEmpty != true {
        throw ModelError.unsupported(path: path, what: name, supported: "none")
      }
    }
    if isByteLevel, fallsBackToBytes {
      throw ModelError.unsupported(
        path: path, what: "byte_fallback with a byte-level pre-tokenizer", supported: "one of them")
    }
    try readVocabulary(model)
    try readAdded(file)
    try readMerges(model)
    if let unknown = model["unk_token"] {
      guard let id = unknown.bytes.flatMap({ spellings[$0] }) else {
        throw TokenizerReader.wrong(
          "unknown token", expected: "a token of the vocabulary", found: unknown.kind)
      }
      unknownToken = id
    }
  }

  /// The id of a token by its text, added tokens first.
  func id(of text: [UInt8]) -> Int32? { addedIDs[text] ?? spellings[text] }

  private mutating func readVocabulary(_ model: TokenizerJSON) throws {
    guard case .object(let members)? = model["vocab"] else {
      throw TokenizerReader.wrong(
        "vocabulary", expected: "an object of ids by token", found: model["vocab"]?.kind ?? "nothing")
    }
    spellings.reserveCapacity(members.count)
    for (token, value) in members {
      guard let id = value.integer, let checked = Self.checked(id, entries: members.count) else {
        throw TokenizerReader.wrong(
          "id of \"\(TokenizerReader.text(token))\"", expected: Self.range(entries: members.count),
          found: value.kind)
      }
      guard spellings.updateValue(checked, forKey: token) == nil else {
        throw TokenizerReader.wrong(
          "vocabulary", expected: "each token once",
          found: "\"\(TokenizerReader.text(token))\" twice")
      }
      count = max(count, id + 1)
      if let byte = TokenizerReader.fallbackByte(token) { byteTokens[Int(byte)] = checked }
    }
    var isTaken = [Bool](repeating: false, count: count)
    for (token, id) in spellings {
      guard !isTaken[Int(id)] else {
        throw TokenizerReader.wrong(
          "id of \"\(TokenizerReader.text(token))\"", expected: "an id of its own",
          found: "\(id), which another token has too")
      }
      isTaken[Int(id)] = true
    }
  }

  private mutating func readAdded(_ file: TokenizerJSON) throws {
    guard let list = file["added_tokens"] else { return }
    guard let entries = list.elements else {
      throw TokenizerReader.wrong("added tokens", expected: "an array", found: list.kind)
    }
    let limit = spellings.count + entries.count
    var owners = Dictionary(uniqueKeysWithValues: spellings.map { ($0.value, $0.key) })
    for entry in entries {
      guard let content = entry["content"]?.bytes, !content.isEmpty else {
        throw TokenizerReader.wrong(
          "added token", expected: "a content", found: entry["content"]?.kind ?? "nothing")
      }
      let name = "added token \"\(TokenizerReader.text(content))\""
      guard let id = entry["id"]?.integer, let checked = Self.checked(id, entries: limit) else {
        throw TokenizerReader.wrong(
          "id of \(name)", expected: Self.range(entries: limit),
          found: entry["id"]?.kind ?? "nothing")
      }
      guard owners[checked] ?? content == content, spellings[content] ?? checked == checked,
        addedIDs.updateValue(checked, forKey: content) == nil
      else {
        throw TokenizerReader.wrong(
          "id of \(name)", expected: "an id that no other token has", found: "\(id)")
      }
      owners[checked] = content
      func flag(_ key: String) throws -> Bool {
        guard let value = entry[key] else { return false }
        guard case .bool(let flag) = value else {
          throw TokenizerReader.wrong("\(key) of \(name)", expected: "true or false", found: value.kind)
        }
        return flag
      }
      let token = AddedToken(
        id: checked, content: content, isControl: try flag("special"),
        stripsLeft: try flag("lstrip"), stripsRight: try flag("rstrip"),
        isSingleWord: try flag("single_word"), isNormalized: try flag("normalized"))
      added.append(token)
      if token.isControl { controlTokens[checked] = String(decoding: content, as: UTF8.self) }
      count = max(count, id + 1)
    }
  }

  private mutating func readMerges(_ model: TokenizerJSON) throws {
    guard let entries = model["merges"]?.elements else {
      throw TokenizerReader.wrong(
        "merges", expected: "an array", found: model["merges"]?.kind ?? "nothing")
    }
    merges.reserveCapacity(entries.count)
    for (rank, entry) in entries.enumerated() {
      if let line = entry.bytes {
        merges.append(try TokenizerReader.merge(line, rank: rank))
      } else if let parts = entry.elements, parts.count == 2, let left = parts[0].bytes,
        let right = parts[1].bytes, !left.isEmpty, !right.isEmpty
      {
        merges.append((left, right))
      } else {
        throw TokenizerReader.wrong("merge \(rank)", expected: "two tokens", found: entry.kind)
      }
    }
  }

  /// The vocabulary as the tokenizers take it.
  func bytePairs() throws -> BytePairVocabulary {
    var bytes = [[UInt8]](repeating: [], count: count)
    var textTokens: [[UInt8]: Int32] = [:]
    textTokens.reserveCapacity(spellings.count)
    for (spelling, id) in spellings {
      if isByteLevel {
        let decoded = ByteAlphabet.decode(spelling)
        bytes[Int(id)] = decoded ?? spelling
        if let decoded, controlTokens[id] == nil { textTokens[decoded] = id }
      } else if fallsBackToBytes, let byte = TokenizerReader.fallbackByte(spelling) {
        bytes[Int(id)] = [byte]
      } else {
        bytes[Int(id)] = TextNormalizer.replacing(Metaspace.mark, with: [0x20], in: spelling)
        if controlTokens[id] == nil { textTokens[spelling] = id }
      }
    }
    for token in added { bytes[Int(token.id)] = token.content }
    return try BytePairVocabulary(
      table: TokenTable(bytes), spellings: spellings, textTokens: textTokens,
      controlTokens: controlTokens, merges: merges)
  }

  private static func checked(_ id: Int, entries: Int) -> Int32? {
    id >= 0 && id < 2 * entries + TokenizerReader.widestGap ? Int32(exactly: id) : nil
  }

  private static func range(entries: Int) -> String {
    "an integer from 0 to \(2 * entries + TokenizerReader.widestGap - 1)"
  }
}
