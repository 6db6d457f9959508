/// The number of runs of word characters.
struct WordsRule: InstructionRule {
  private let threshold: Int
  private let relation: InstructionRelation

  init(_ arguments: inout InstructionArguments) throws {
    threshold = try arguments.number("num_words")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    var words = 0
    var isInside = false
    for scalar in response.scalars {
      let isWord = PythonScalar.isWord(scalar)
      if isWord && !isInside { words += 1 }
      isInside = isWord
    }
    return relation.holds(words, threshold)
  }
}

/// The number of sentences that the Punkt algorithm finds.
struct SentencesRule: InstructionRule {
  private let threshold: Int
  private let relation: InstructionRelation

  init(_ arguments: inout InstructionArguments) throws {
    threshold = try arguments.number("num_sentences")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    relation.holds(SentenceBoundaries.sentences(of: response).count, threshold)
  }
}

/// Exactly so many paragraphs between dividers of three asterisks; only the first and the last piece
/// may be blank, and then they do not count.
struct ParagraphsRule: InstructionRule {
  private let paragraphs: Int

  init(_ arguments: inout InstructionArguments) throws {
    paragraphs = try arguments.number("num_paragraphs")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    let pieces = response.split(on: "***")
    let blank = pieces.indices.filter { pieces[$0].isBlank }
    guard blank.allSatisfy({ $0 == 0 || $0 == pieces.count - 1 }) else { return false }
    return pieces.count - blank.count == paragraphs
  }
}

/// Exactly so many paragraphs between empty lines, and one of them starts with a given word.
struct ParagraphFirstWordRule: InstructionRule {
  private let paragraphs: Int
  private let position: Int
  private let firstWord: ScalarText

  init(_ arguments: inout InstructionArguments) throws {
    paragraphs = try arguments.number("num_paragraphs", atLeast: 1)
    position = try arguments.number("nth_paragraph", atLeast: 1)
    firstWord = ScalarText(try arguments.text("first_word")).lowercased
    guard position <= paragraphs else {
      throw arguments.problem("nth_paragraph is \(position) but num_paragraphs is \(paragraphs)")
    }
  }

  func isFollowed(by response: ScalarText) -> Bool {
    let pieces = response.split(on: "\n\n")
    let count = pieces.count { !$0.isBlank }
    // The position counts blank pieces as well, as in the reference.
    guard position <= count, count == paragraphs,
      let word = pieces[position - 1].words.first
    else { return false }
    return bare(word) == firstWord
  }

  /// Without quotes in front and without what follows the first punctuation mark.
  private func bare(_ word: ScalarText) -> ScalarText {
    let letters = word.scalars.drop { $0 == "'" }.drop { $0 == "\"" }
      .prefix { !".,?!'\"".unicodeScalars.contains($0) }
    return ScalarText(letters.flatMap { ScalarText([$0]).lowercased.scalars })
  }
}
