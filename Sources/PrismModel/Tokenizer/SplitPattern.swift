/// The regular expressions by which byte-level tokenizers cut text into pieces, matched by hand in
/// linear time. A piece never takes part in a merge with its neighbour.
enum SplitPattern: String, Sendable, CaseIterable {
  case gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  case qwen2 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  case llama3 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// Where the match that starts at `start` ends. `text` ends at `end`; `start < end`.
  func matchEnd(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
    switch self {
    case .gpt2: gpt2End(text, start, end)
    case .qwen2: modernEnd(text, start, end, longestNumber: 1)
    case .llama3: modernEnd(text, start, end, longestNumber: 3)
    }
  }

  private func gpt2End(_ text: ClassifiedText, _ start: Int, _ end: Int) -> Int {
    if let match = text.contractionEnd(from: start, to: end, ignoringCase: false) { return match }
    let first = text.scalars[start] == " " && start + 1 < end ? start + 1 : start
    let kind = text.classes[first]
    if !kind.isWhitespace { return text.runEnd(from: first, to: end) { $0 == kind } }
    return spaceEnd(text, start, end)
  }

  private func modernEnd(
    _ text: ClassifiedText, _ start: Int, _ end: Int, longestNumber: Int
  ) -> Int {
    if let match = text.contractionEnd(from: start, to: end, ignoringCase: true) { return match }
    let kind = text.classes[start]
    if kind == .letter { return text.runEnd(from: start, to: end) { $0 == .letter } }
    if kind == .number {
      return text.runEnd(from: start, to: min(end, start + longestNumber)) { $0 == .number }
    }
    if kind != .newline, start + 1 < end, text.classes[start + 1] == .letter {
      return text.runEnd(from: start + 1, to: end) { $0 == .letter }
    }
    let first = text.scalars[start] == " " && start + 1 < end ? start + 1 : start
    if text.classes[first] == .other {
      let symbols = text.runEnd(from: first, to: end) { $0 == .other }
      return text.runEnd(from: symbols, to: end) { $0 == .newline }
    }
    let spaces = text.runEnd(from: start, to: end) { $0.isWhitespace }
    if let newline = text.classes[start..<spaces].lastIndex(of: .newline) { return newline + 1 }
    return spaceEnd(text, start, end)
  }

  /// `\s+(?!\S)|\s+`: the last whitespace before a word belongs to what follows, unless it is alone.
  private func spaceEnd(_ text: ClassifiedText, _ start: Int, _ end: Int) -> Int {
    let spaces = text.runEnd(from: start, to: end) { $0.isWhitespace }
    return spaces == end || spaces == start + 1 ? spaces : spaces - 1
  }
}
