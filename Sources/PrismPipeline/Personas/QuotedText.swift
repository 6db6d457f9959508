/// Strips the quotes and emphasis marks a model likes to put around a whole text.
enum QuotedText {
  private static let pairs: [(Character, Character)] = [
    ("\"", "\""), ("'", "'"), ("`", "`"), ("*", "*"), ("\u{201C}", "\u{201D}"),
    ("\u{2018}", "\u{2019}"), ("\u{00AB}", "\u{00BB}"),
  ]

  static func unquoted(_ text: String) -> String {
    var text = text.trimmed
    while let first = text.first, let last = text.last, text.count > 1,
      pairs.contains(where: { $0.0 == first && $0.1 == last }),
      // Two quotations at the ends are not one around the whole; an apostrophe inside is neither.
      first == "'" || !text.dropFirst().dropLast().contains(where: { $0 == first || $0 == last })
    {
      text = String(text.dropFirst().dropLast()).trimmed
    }
    // A quote that opens and never closes, as when the line was cut.
    if let first = text.first, first == "\"" || first == "\u{201C}",
      !text.dropFirst().contains(where: { $0 == "\"" || $0 == "\u{201D}" })
    {
      text = String(text.dropFirst()).trimmed
    }
    return text
  }
}
