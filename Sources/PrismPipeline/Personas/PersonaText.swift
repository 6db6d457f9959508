/// Cleans what the model wrote when asked for a persona.
enum PersonaText {
  /// The persona in one paragraph, or nil when nothing usable was written. A lead-in ("Here is
  /// ...:"), fences and quotes go; an unfinished last sentence goes; it must speak to "you".
  static func cleaned(_ answer: String, length: Persona.Length) -> String? {
    var lines = answer.split(whereSeparator: \.isNewline).map { String($0).trimmed }
    lines.removeAll { $0.isEmpty || $0.hasPrefix("```") }
    if lines.count > 1, lines[0].hasSuffix(":") { lines.removeFirst() }
    if length == .minimum { lines = Array(lines.prefix(1)) }
    var text = QuotedText.unquoted(lines.joined(separator: " "))
    if let end = text.lastIndex(where: { ".!?".contains($0) }) {
      text = String(text[...end])
    } else if length == .minimum, !text.isEmpty {
      text += "."
    }
    text = withoutRepetition(text)
    let words = text.split(whereSeparator: \.isWhitespace)
    let allowed: ClosedRange<Int> =
      switch length {
      case .long: 25...400
      case .short: 12...160
      case .minimum: 3...20
      }
    guard allowed.contains(words.count), words[0].lowercased().hasPrefix("you"),
      text.hasSuffix(".") || text.hasSuffix("!") || text.hasSuffix("?")
    else { return nil }
    return text
  }

  /// Words in a row that count as said before.
  private static let repeatedRun = 5

  /// Leaves out sentences that say again what an earlier one said: small models get into loops.
  private static func withoutRepetition(_ text: String) -> String {
    var seen: Set<[Substring]> = []
    var kept: [String] = []
    for sentence in sentences(of: text) {
      let words = sentence.lowercased().split { !$0.isLetter && !$0.isNumber }
      let length = min(repeatedRun, words.count)
      let runs = words.indices.dropLast(max(0, length - 1)).map { Array(words[$0..<$0 + length]) }
      guard Set(runs).count == runs.count, seen.isDisjoint(with: runs) else { continue }
      seen.formUnion(runs)
      kept.append(sentence)
    }
    return kept.joined(separator: " ")
  }

  private static func sentences(of text: String) -> [String] {
    var sentences: [String] = []
    var current = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      current += current.isEmpty ? String(word) : " " + word
      if let last = word.last, ".!?".contains(last) {
        sentences.append(current)
        current = ""
      }
    }
    return current.isEmpty ? sentences : sentences + [current]
  }
}
