/// Begin and end tokens as a Hugging Face folder's three files name them.
struct HuggingFaceEnds {
  let ends: TokenizerEnds

  init(
    file: TokenizerJSON, settings: TokenizerJSON?, generation: TokenizerJSON?,
    vocabulary: HuggingFaceVocabulary
  ) throws {
    let begin = try Self.token("bos_token", settings, vocabulary)
    let listed = try Self.generationEnds(generation, vocabulary)
    guard let end = try Self.token("eos_token", settings, vocabulary) ?? listed.first else {
      throw TokenizerReader.wrong(
        "end token", expected: "eos_token in tokenizer_config.json or eos_token_id in generation_config.json",
        found: "neither")
    }
    ends = TokenizerEnds(
      beginToken: begin, addsBeginToken: try Self.addsBegin(file, settings, begin, vocabulary),
      endToken: end, others: listed, controlTokens: vocabulary.controlTokens)
  }

  /// A token named by its text, or by an object with its text as `content`.
  private static func token(
    _ name: String, _ settings: TokenizerJSON?, _ vocabulary: HuggingFaceVocabulary
  ) throws -> Int32? {
    guard let value = settings?[name] else { return nil }
    guard let text = value.bytes ?? value["content"]?.bytes, let id = vocabulary.id(of: text) else {
      throw TokenizerReader.wrong(name, expected: "a token of the vocabulary", found: value.kind)
    }
    return id
  }

  /// `eos_token_id` is one id or a list.
  private static func generationEnds(
    _ generation: TokenizerJSON?, _ vocabulary: HuggingFaceVocabulary
  ) throws -> [Int32] {
    guard let value = generation?["eos_token_id"] else { return [] }
    return try (value.elements ?? [value]).map { element in
      guard let id = element.integer, id >= 0, id < vocabulary.count, let checked = Int32(exactly: id)
      else {
        throw TokenizerReader.wrong(
          "eos_token_id", expected: "ids from 0 to \(vocabulary.count - 1)", found: element.kind)
      }
      return checked
    }
  }

  /// Said outright, or by a post-processor whose template begins with the begin token.
  private static func addsBegin(
    _ file: TokenizerJSON, _ settings: TokenizerJSON?, _ begin: Int32?,
    _ vocabulary: HuggingFaceVocabulary
  ) throws -> Bool {
    if let value = settings?["add_bos_token"] {
      guard case .bool(let flag) = value else {
        throw TokenizerReader.wrong("add_bos_token", expected: "true or false", found: value.kind)
      }
      return flag
    }
    guard let begin, let processor = file["post_processor"] else { return false }
    return (processor["processors"]?.elements ?? [processor]).contains { step in
      let first = step["single"]?.elements?.first?["SpecialToken"]?["id"]?.bytes
      return first.flatMap { vocabulary.id(of: $0) } == begin
    }
  }
}
