/// Every keyword occurs, in any case, inside words too.
struct KeywordsRule: InstructionRule {
  private let keywords: [KeywordPattern]

  init(_ arguments: inout InstructionArguments) throws {
    keywords = try arguments.patterns("keywords", ignoringCase: true)
  }

  func isFollowed(by response: ScalarText) -> Bool {
    keywords.allSatisfy { $0.isFound(in: response) }
  }
}

/// A keyword occurs often or seldom enough, in any case, inside words too.
struct KeywordFrequencyRule: InstructionRule {
  private let keyword: KeywordPattern
  private let frequency: Int
  private let relation: InstructionRelation

  init(_ arguments: inout InstructionArguments) throws {
    let text = ScalarText(try arguments.text("keyword")).stripped
    keyword = try arguments.pattern("keyword", text: text.string, ignoringCase: true)
    frequency = try arguments.number("frequency")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    relation.holds(keyword.occurrences(in: response), frequency)
  }
}

/// No forbidden word occurs as a whole word, in any case.
struct ForbiddenWordsRule: InstructionRule {
  private let words: [KeywordPattern]

  init(_ arguments: inout InstructionArguments) throws {
    words = try arguments.patterns("forbidden_words", ignoringCase: true)
  }

  func isFollowed(by response: ScalarText) -> Bool {
    !words.contains { $0.isFoundAsWord(in: response) }
  }
}

/// A letter occurs often or seldom enough in the lower-case response.
///
/// Two prompts of the benchmark ask for `#` and `!`. The reference puts a random letter in place of
/// anything but a to z, so its verdict on them is chance; here the character asked for is counted.
struct LetterFrequencyRule: InstructionRule {
  private let letter: Unicode.Scalar
  private let frequency: Int
  private let relation: InstructionRelation

  init(_ arguments: inout InstructionArguments) throws {
    let text = ScalarText(try arguments.text("letter"))
    let lowercased = text.lowercased.scalars
    guard text.count == 1, lowercased.count == 1 else {
      throw arguments.problem("letter must be one character")
    }
    letter = lowercased[0]
    frequency = try arguments.number("let_frequency")
    relation = try arguments.relation("let_relation")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    relation.holds(response.lowercased.scalars.count { $0 == letter }, frequency)
  }
}
