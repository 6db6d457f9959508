/// Sentences as NLTK's `sent_tokenize` cuts them: Kiss and Strunk, "Unsupervised Multilingual Sentence
/// Boundary Detection" (Computational Linguistics 32:4, 2006), as NLTK 3.9 applies it.
///
/// The rules are those of that implementation. What it learned from newspaper text (abbreviations, words
/// that open sentences) is replaced by the lists of `SentenceWords`; rare abbreviations may be cut
/// differently.
package enum SentenceBoundaries {
  /// The ranges of the sentences in `text.scalars`, without the whitespace between them.
  package static func sentences(of text: ScalarText) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    for candidate in candidates(in: text) where isBoundary(candidate, in: text) {
      pieces.append(start..<(candidate.mark + 1))
      start = candidate.nextToken ?? candidate.mark + 1
    }
    let end = (text.scalars.lastIndex { !PythonScalar.isSpace($0) } ?? -1) + 1
    pieces.append(start..<max(start, end))
    return realigned(pieces, in: text)
  }

  /// A mark that may end a sentence, with what is needed to decide it.
  private struct Candidate {
    /// Where the word before the mark starts.
    let wordStart: Int
    let mark: Int
    /// The end of the character or word that follows.
    let contextEnd: Int
    /// Where the next word starts; `nil` if punctuation follows at once.
    let nextToken: Int?
  }

  /// Of marks that follow one another without a space only the last is a candidate.
  private static func candidates(in text: ScalarText) -> [Candidate] {
    var found: [Candidate] = []
    var previous: Candidate?
    for mark in text.scalars.indices where SentenceToken.isEndMark(text.scalars[mark]) {
      guard let context = context(after: mark, in: text) else { continue }
      let wordStart = wordStart(before: mark, previous: previous, in: text)
      if let previous, previous.mark <= wordStart { found.append(previous) }
      previous = Candidate(
        wordStart: wordStart, mark: mark, contextEnd: context.end, nextToken: context.nextToken)
    }
    if let previous { found.append(previous) }
    return found
  }

  private static func context(after mark: Int, in text: ScalarText) -> (end: Int, nextToken: Int?)?
  {
    let scalars = text.scalars
    guard mark + 1 < scalars.count else { return nil }
    if SentenceToken.isNonWord(scalars[mark + 1]) { return (mark + 2, nil) }
    var token = mark + 1
    while token < scalars.count, PythonScalar.isSpace(scalars[token]) { token += 1 }
    guard token > mark + 1, token < scalars.count else { return nil }
    var end = token
    while end < scalars.count, !PythonScalar.isSpace(scalars[end]) { end += 1 }
    return (end, token)
  }

  /// Looks back to the mark before, never further, so that all marks together cost one pass. A space
  /// in the very first place is overlooked, as in the original.
  private static func wordStart(before mark: Int, previous: Candidate?, in text: ScalarText) -> Int
  {
    let least = previous?.mark ?? 0
    var index = mark - 1
    while index > least {
      if PythonScalar.isASCIISpace(text.scalars[index]) { return index + 1 }
      index -= 1
    }
    return previous?.wordStart ?? 0
  }

  private static func isBoundary(_ candidate: Candidate, in text: ScalarText) -> Bool {
    var tokens: [SentenceToken] = []
    let context = text.scalars[candidate.wordStart..<candidate.contextEnd]
    for line in context.split(separator: "\n") {
      tokens += SentenceToken.tokens(of: ScalarText(line))
    }
    for index in tokens.indices.dropLast() { tokens[index].decide(before: tokens[index + 1]) }
    // The last token ends no sentence within this context.
    return tokens.dropLast().contains(where: \.endsSentence)
  }

  /// Moves closing quotes and brackets from the start of a sentence to the end of the one before.
  private static func realigned(_ pieces: [Range<Int>], in text: ScalarText) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    var moved = 0
    for (index, piece) in pieces.enumerated() {
      let start = min(piece.lowerBound + moved, piece.upperBound)
      moved = 0
      if index + 1 < pieces.count, let closing = closing(of: pieces[index + 1], in: text) {
        sentences.append(start..<closing.end)
        moved = closing.length
      } else if start < piece.upperBound {
        sentences.append(start..<piece.upperBound)
      }
    }
    return sentences
  }

  /// The run of closing marks at the start of a piece, if space, a dash or the end follows it: where
  /// it ends, and its length with the space.
  private static func closing(of piece: Range<Int>, in text: ScalarText) -> (end: Int, length: Int)?
  {
    let scalars = text.scalars[piece]
    let rest = scalars.drop { "\"')]}".unicodeScalars.contains($0) }
    guard rest.startIndex > piece.lowerBound else { return nil }
    let afterSpace = rest.drop(while: PythonScalar.isSpace)
    let isClosed =
      rest.isEmpty || afterSpace.startIndex > rest.startIndex
      || rest.starts(with: "--".unicodeScalars)
    return isClosed ? (rest.startIndex, afterSpace.startIndex - piece.lowerBound) : nil
  }
}
