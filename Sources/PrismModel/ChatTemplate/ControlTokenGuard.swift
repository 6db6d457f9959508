/// Keeps control tokens out of what people and models write: their texts inside message contents
/// become ordinary characters, while those the template writes become single ids.
///
/// Before rendering, a marker that occurs nowhere else is put behind the first character of each
/// control token's text in a content; after rendering it is taken out of the ordinary text again.
struct ControlTokenGuard: Sendable {
  private let ids: [Scalars: Int32]
  /// Texts by their first character, longest first.
  private let texts: [Unicode.Scalar: [Scalars]]

  init(controlTokens: [Int32: String]) {
    var ids: [Scalars: Int32] = [:]
    for (id, text) in controlTokens.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
      let scalars = text.scalars
      if ids[scalars] == nil { ids[scalars] = id }
    }
    self.ids = ids
    texts = Dictionary(grouping: ids.keys, by: { $0[0] }).mapValues { group in
      group.sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
    }
  }

  /// The first Unicode noncharacter of U+FDD0...U+FDEF in none of `contents`. Throws when every one
  /// is taken, which no honest text does.
  static func marker(absentFrom contents: [String]) throws -> Unicode.Scalar {
    let taken = Set(
      contents.lazy.flatMap(\.unicodeScalars).filter { (0xFDD0...0xFDEF).contains($0.value) })
    for value in UInt32(0xFDD0)...0xFDEF {
      if let scalar = Unicode.Scalar(value), !taken.contains(scalar) { return scalar }
    }
    throw ModelError.invalidSetting(
      name: "the messages' text", value: "one that uses all of U+FDD0...U+FDEF",
      allowed: "text that leaves one of these noncharacters free")
  }

  /// `content` with the marker inside every control token's text, and inside an end that could
  /// become one together with what the template writes next.
  func breaking(_ content: String, with marker: Unicode.Scalar) -> String {
    let scalars = content.scalars
    var result = Scalars()
    for (offset, scalar) in scalars.enumerated() {
      result.append(scalar)
      let begins = (texts[scalar] ?? []).contains { text in
        let rest = scalars[offset...].prefix(text.count)
        return text.starts(with: rest)
      }
      if begins { result.append(marker) }
    }
    return String(result)
  }

  /// The ids of a rendered text, and the text without markers. Without a marker the tokenizer itself
  /// finds the control tokens, with whatever spacing rules they have; with one, the ordinary text
  /// between two control tokens is encoded as one piece.
  func encode(
    _ rendered: String, marker: Unicode.Scalar, tokenizer: any Tokenizer
  ) -> RenderedPrompt {
    let scalars = rendered.scalars
    guard scalars.contains(marker) else {
      let tokens = tokenizer.encode(rendered, parsingControlTokens: true)
      return RenderedPrompt(tokens: tokens, text: rendered)
    }
    var tokens: [Int32] = []
    var text = ""
    var ordinary = Scalars()
    func endOrdinary() {
      guard !ordinary.isEmpty else { return }
      let piece = String(ordinary)
      tokens += tokenizer.encode(piece, parsingControlTokens: false)
      text += piece
      ordinary = []
    }
    var index = 0
    while index < scalars.count {
      if let match = controlToken(in: scalars, at: index), let id = ids[match] {
        endOrdinary()
        tokens.append(id)
        text += String(match)
        index += match.count
      } else {
        if scalars[index] != marker { ordinary.append(scalars[index]) }
        index += 1
      }
    }
    endOrdinary()
    return RenderedPrompt(tokens: tokens, text: text)
  }

  private func controlToken(in scalars: Scalars, at index: Int) -> Scalars? {
    texts[scalars[index]]?.first { scalars[index...].starts(with: $0) }
  }
}
