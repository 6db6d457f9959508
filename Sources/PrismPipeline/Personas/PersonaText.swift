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
    let words = text.split(whereSeparator: \.isWhitespace)
    let allowed: ClosedRange<Int> =
      switch length {
      case .long: 30...400
      case .short: 12...160
      case .minimum: 3...20
      }
    guard allowed.contains(words.count), words[0].lowercased().hasPrefix("you"),
      text.hasSuffix(".") || text.hasSuffix("!") || text.hasSuffix("?")
    else { return nil }
    return text
  }
}
