/// The normaliser, pre-tokenizer and decoder of a `tokenizer.json`, as far as we know them.
struct HuggingFacePipeline {
  enum Splitting {
    case byteLevel(PreTokenizer)
    case sentencePiece(Metaspace?, stripsLeadingSpace: Bool)
  }

  let normalizer: TextNormalizer
  let splitting: Splitting

  var isByteLevel: Bool { if case .byteLevel = splitting { true } else { false } }

  init(_ file: TokenizerJSON, path: String) throws {
    let reader = Reader(path: path)
    normalizer = try reader.normalizer(file["normalizer"])
    let steps = try reader.flattened(file["pre_tokenizer"], of: "pre-tokenizer", members: "pretokenizers")
    let decoders = try reader.flattened(file["decoder"], of: "decoder", members: "decoders")
    if steps.contains(where: { $0.kind == "ByteLevel" }) {
      guard decoders.map(\.kind) == ["ByteLevel"] else {
        throw reader.unsupported(
          "the decoder \(decoders.map(\.kind)) after a byte-level pre-tokenizer", "ByteLevel")
      }
      splitting = .byteLevel(try reader.byteLevel(steps))
    } else {
      splitting = .sentencePiece(
        try reader.metaspace(steps), stripsLeadingSpace: try reader.stripsLeadingSpace(decoders))
    }
  }

  private typealias Step = (kind: String, node: TokenizerJSON)

  private struct Reader {
    let path: String

    func unsupported(_ what: String, _ supported: String) -> ModelError {
      .unsupported(path: path, what: what, supported: supported)
    }

    /// A flag; absent and null give `standard`.
    func flag(_ node: TokenizerJSON, _ name: String, _ standard: Bool) throws -> Bool {
      guard let value = node[name] else { return standard }
      guard case .bool(let flag) = value else {
        throw ModelError.tokenizer(what: name, expected: "true or false", found: value.kind)
      }
      return flag
    }

    /// A step, or the steps of a sequence, in order. Nothing gives none.
    func flattened(_ node: TokenizerJSON?, of what: String, members: String) throws -> [Step] {
      guard let node else { return [] }
      guard let kind = node["type"]?.text else {
        throw ModelError.tokenizer(what: what, expected: "an object with a type", found: node.kind)
      }
      guard kind == "Sequence" else { return [(kind, node)] }
      guard let elements = node[members]?.elements else {
        throw ModelError.tokenizer(
          what: what, expected: "a sequence with \(members)", found: node[members]?.kind ?? "nothing")
      }
      return try elements.flatMap { try flattened($0, of: what, members: members) }
    }

    func normalizer(_ node: TokenizerJSON?) throws -> TextNormalizer {
      let known = "NFC, Prepend, Replace of a string, and sequences of them"
      return TextNormalizer(
        steps: try flattened(node, of: "normalizer", members: "normalizers").map { step in
          switch step.kind {
          case "NFC": return .nfc
          case "Prepend":
            guard let prefix = step.node["prepend"]?.bytes else {
              throw unsupported("a normalizer that prepends no string", known)
            }
            return .prepend(prefix)
          case "Replace":
            guard let old = step.node["pattern"]?["String"]?.bytes, !old.isEmpty,
              let new = step.node["content"]?.bytes
            else { throw unsupported("a normalizer that replaces a regular expression", known) }
            return .replace(old, with: new)
          default: throw unsupported("the normalizer \(step.kind)", known)
          }
        })
    }

    func byteLevel(_ steps: [Step]) throws -> PreTokenizer {
      var result = PreTokenizer()
      for (index, step) in steps.enumerated() {
        switch step.kind {
        case "Digits" where index == 0:
          guard try flag(step.node, "individual_digits", false) else {
            throw unsupported("a digits pre-tokenizer that keeps digits together", "individual_digits")
          }
          result.splitsDigits = true
        case "Split" where result.pattern == nil && index < steps.count - 1:
          result.pattern = try splitPattern(step.node)
        case "ByteLevel" where index == steps.count - 1:
          if try flag(step.node, "use_regex", true) {
            guard result.pattern == nil else {
              throw unsupported("two pre-tokenizer patterns", "one, or digits and one")
            }
            result.pattern = .gpt2
          }
          result.addsPrefixSpace = try flag(step.node, "add_prefix_space", true)
          if result.addsPrefixSpace, index > 0 {
            throw unsupported("add_prefix_space after another pre-tokenizer", "ByteLevel alone with it")
          }
        default:
          throw unsupported(
            "the pre-tokenizers \(steps.map(\.kind))", "Digits, Split and ByteLevel, in this order")
        }
      }
      return result
    }

    private func splitPattern(_ node: TokenizerJSON) throws -> SplitPattern {
      let supported = "the patterns of GPT-2, Qwen2 and Llama 3, isolated"
      guard let text = node["pattern"]?["Regex"]?.text else {
        throw unsupported("a split by \(node["pattern"]?.kind ?? "nothing")", supported)
      }
      guard let pattern = SplitPattern(rawValue: text) else {
        throw unsupported("the split pattern \(text.prefix(300))", supported)
      }
      guard node["behavior"]?.text == "Isolated", try !flag(node, "invert", false) else {
        throw unsupported("a split that is not isolated or is inverted", supported)
      }
      return pattern
    }

    func metaspace(_ steps: [Step]) throws -> Metaspace? {
      guard let step = steps.first else { return nil }
      guard steps.count == 1, step.kind == "Metaspace" else {
        throw unsupported("the pre-tokenizers \(steps.map(\.kind))", "ByteLevel, Metaspace or none")
      }
      guard step.node["replacement"]?.bytes == Metaspace.mark else {
        throw unsupported("a metaspace other than U+2581", "U+2581")
      }
      var prepend: Metaspace.Prepend =
        try flag(step.node, "add_prefix_space", true) ? .always : .never
      if let scheme = step.node["prepend_scheme"] {
        guard let known = scheme.text.flatMap({ Metaspace.Prepend(rawValue: $0) }) else {
          throw unsupported("the prepend scheme \(scheme.kind)", "always, first, never")
        }
        prepend = known
      }
      return Metaspace(prepend: prepend, splits: try flag(step.node, "split", true))
    }

    func stripsLeadingSpace(_ steps: [Step]) throws -> Bool {
      let known = "Replace of U+2581 by a space, ByteFallback, Fuse, Strip of one space"
      var strips = false
      var restoresSpaces = false
      for step in steps {
        switch step.kind {
        case "ByteFallback", "Fuse": continue
        case "Replace":
          guard step.node["pattern"]?["String"]?.bytes == Metaspace.mark,
            step.node["content"]?.bytes == [0x20]
          else { throw unsupported("a decoder that replaces something else", known) }
          restoresSpaces = true
        case "Strip":
          guard step.node["content"]?.bytes == [0x20], step.node["stop"]?.integer == 0,
            let start = step.node["start"]?.integer, start == 0 || start == 1
          else { throw unsupported("a decoder that strips something else", known) }
          strips = start == 1
        default: throw unsupported("the decoder \(step.kind)", known)
        }
      }
      guard restoresSpaces else { throw unsupported("a decoder that keeps U+2581", known) }
      return strips
    }
  }
}
