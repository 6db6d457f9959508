/// Cleans what the model wrote when asked for a query.
enum QueryText {
  /// The query, or nil when it cannot be used.
  ///
  /// The first line is kept (lead-ins such as "Here is a question:" are no query); list marks,
  /// numbering, a label ("Question:") and quotes around the whole are stripped. Nil for
  /// `tooShort` characters or fewer, and for a line the token limit cut off.
  static func cleaned(_ answer: String, cutOff: Bool, tooShort: Int) -> String? {
    let lines = answer.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
      .filter { !$0.allSatisfy(\.isWhitespace) }
    guard let line = lines.first else { return nil }
    if cutOff && lines.count == 1
      && !answer.drop(while: \.isWhitespace).contains(where: \.isNewline)
    {
      return nil
    }
    var text = String(line).trimmed
    while let shorter = withoutMark(text) { text = shorter }
    guard text.count > tooShort, !text.hasSuffix(":"), text.contains(where: \.isLetter) else {
      return nil
    }
    return text
  }

  /// What two queries that differ only in case, spacing or punctuation have in common.
  static func key(_ text: String) -> String {
    text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).joined(separator: " ")
  }

  private static let labels: Set<String> = ["question", "query", "request", "q", "prompt", "user"]

  /// The text without one mark at its head or one pair of quotes around it; nil without any.
  private static func withoutMark(_ text: String) -> String? {
    let unquoted = QuotedText.unquoted(text)
    if unquoted != text { return unquoted }
    // Bullets and headings: "- ", "* ", "• ", "# ".
    let bullets = text.prefix(while: { "-*•#>".contains($0) })
    let afterBullets = text[bullets.endIndex...]
    if !bullets.isEmpty, afterBullets.first?.isWhitespace ?? true {
      return String(afterBullets).trimmed
    }
    // Numbering: "1. ", "2) ", "(3) ", "4: ". A number that opens a sentence stays.
    let open = text.hasPrefix("(") ? text.dropFirst() : text[...]
    let digits = open.prefix(while: { $0.isASCII && $0.isNumber })
    if !digits.isEmpty, digits.count <= 3 {
      let rest = open[digits.endIndex...]
      if let mark = rest.first, ".):".contains(mark), rest.dropFirst().first?.isWhitespace ?? true {
        return String(rest.dropFirst()).trimmed
      }
    }
    // Labels: "Question: ", "**Query 3:** ".
    if let colon = text.prefix(16).firstIndex(of: ":") {
      let label = text[..<colon].lowercased().filter { $0.isLetter }
      let plain = text[..<colon].allSatisfy { $0.isLetter || $0.isNumber || " *#_".contains($0) }
      if plain, labels.contains(label) {
        return String(text[text.index(after: colon)...].drop(while: { "*_ ".contains($0) })).trimmed
      }
    }
    return nil
  }
}
