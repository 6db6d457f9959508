import Foundation

extension TokenizerReader {
  /// The tokenizer of a Hugging Face folder: `tokenizer.json` with `tokenizer_config.json`, and the end
  /// tokens of `generation_config.json` where there is one.
  ///
  /// Throws `ModelError.unsupported` for a model, normaliser, pre-tokenizer or decoder that this
  /// version does not know, and `ModelError.tokenizer` for contents that contradict each other.
  public static func fromHuggingFace(folder: String) throws -> any Tokenizer {
    let folder = URL(fileURLWithPath: folder, isDirectory: true)
    let path = folder.appendingPathComponent("tokenizer.json").path
    return try fromHuggingFace(
      tokenizer: contents(of: path), path: path,
      configuration: optionalFile("tokenizer_config.json", in: folder),
      generation: optionalFile("generation_config.json", in: folder))
  }

  /// The same from the bytes of the files; `path` is for messages only.
  package static func fromHuggingFace(
    tokenizer: [UInt8], path: String, configuration: [UInt8]?, generation: [UInt8]?
  ) throws -> any Tokenizer {
    let file = try TokenizerJSONParser.parse(tokenizer, path: path)
    let settings = try configuration.map {
      try TokenizerJSONParser.parse($0, path: "tokenizer_config.json")
    }
    let generation = try generation.map {
      try TokenizerJSONParser.parse($0, path: "generation_config.json")
    }
    let pipeline = try HuggingFacePipeline(file, path: path)
    let vocabulary = try HuggingFaceVocabulary(file, pipeline: pipeline, path: path)
    let ends = try HuggingFaceEnds(
      file: file, settings: settings, generation: generation, vocabulary: vocabulary
    ).ends
    let added = AddedTokens(vocabulary.added, normalizer: pipeline.normalizer)
    let pairs = try vocabulary.bytePairs()
    switch pipeline.splitting {
    case .byteLevel(let preTokenizer):
      return ByteLevelTokenizer(
        vocabulary: pairs, added: added, preTokenizer: preTokenizer,
        ignoresMerges: vocabulary.ignoresMerges, ends: ends)
    case .sentencePiece(let metaspace, let stripsLeadingSpace):
      return SentencePieceTokenizer(
        vocabulary: pairs, added: added,
        rules: SentencePieceTokenizer.Rules(
          metaspace: metaspace, fallsBackToBytes: vocabulary.fallsBackToBytes,
          unknownToken: vocabulary.unknownToken, fusesUnknown: vocabulary.fusesUnknown,
          ignoresMerges: vocabulary.ignoresMerges),
        byteTokens: vocabulary.byteTokens, stripsLeadingSpace: stripsLeadingSpace, ends: ends)
    }
  }

  private static func optionalFile(_ name: String, in folder: URL) throws -> [UInt8]? {
    let path = folder.appendingPathComponent(name).path
    return FileManager.default.fileExists(atPath: path) ? try contents(of: path) : nil
  }

  private static func contents(of path: String) throws -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
    } catch {
      throw ModelError.unreadable(path: path, reason: "\(error.localizedDescription)")
    }
  }
}
