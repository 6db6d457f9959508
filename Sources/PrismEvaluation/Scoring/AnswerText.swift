/// What of a model's output is its answer.
enum AnswerText {
  /// The text after the last "</think>" of a model that reasons first; nothing where the reasoning
  /// was opened and never closed, because then no answer was given.
  static func afterReasoning(_ output: String) -> String {
    if let end = output.ranges(of: "</think>").last { return String(output[end.upperBound...]) }
    return output.contains("<think>") ? "" : output
  }

  /// The first `limit` sentences with words in them; a sentence ends at . ! ? or at the line's end.
  static func sentences(_ text: String, limit: Int) -> [[String]] {
    var sentences: [[String]] = []
    for part in text.split(whereSeparator: { $0.isNewline || ".!?".contains($0) }) {
      let words = words(part)
      if !words.isEmpty { sentences.append(words) }
      if sentences.count == limit { break }
    }
    return sentences
  }

  /// Lower case words without punctuation, contractions written out, so that "I can’t" in any quotes is
  /// "i cannot".
  static func words(_ text: some StringProtocol) -> [String] {
    let plain = text.lowercased().map { apostrophes.contains($0) ? "'" : $0 }
    let parts = plain.split { !$0.isLetter && !$0.isNumber && $0 != "'" }
    return parts.reduce(into: []) { words, part in
      for word in writtenOut(String(part)) {
        if word == "not", words.last == "can" {
          words[words.count - 1] = "cannot"
        } else {
          words.append(word)
        }
      }
    }
  }

  private static let apostrophes: Set<Character> = ["\u{2019}", "\u{2018}", "\u{02BC}", "\u{60}"]

  private static let endings = [
    ("n't", "not"), ("'m", "am"), ("'re", "are"), ("'ll", "will"), ("'ve", "have"),
    ("'d", "would"), ("'s", "is"),
  ]

  private static let contractions = [
    "can't": ["cannot"], "cant": ["cannot"], "won't": ["will", "not"], "wont": ["will", "not"],
    "dont": ["do", "not"], "im": ["i", "am"],
  ]

  private static func writtenOut(_ part: String) -> [String] {
    if let words = contractions[part] { return words }
    for (ending, word) in endings where part.count > ending.count && part.hasSuffix(ending) {
      return [String(part.dropLast(ending.count)), word]
    }
    let bare = part.filter { $0 != "'" }
    return bare.isEmpty ? [] : [bare]
  }
}
