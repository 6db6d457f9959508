/// English in capital letters only.
struct EnglishCapitalsRule: InstructionRule {
  private let detector: LanguageDetector

  init(_ arguments: inout InstructionArguments) throws {
    detector = try LanguageDetector.shipped()
  }

  func isFollowed(by response: ScalarText) -> Bool {
    response.isUppercase && detector.isConsistent(response, with: "en")
  }
}

/// English in small letters only.
struct EnglishLowercaseRule: InstructionRule {
  private let detector: LanguageDetector

  init(_ arguments: inout InstructionArguments) throws {
    detector = try LanguageDetector.shipped()
  }

  func isFollowed(by response: ScalarText) -> Bool {
    response.isLowercase && detector.isConsistent(response, with: "en")
  }
}

/// Words in capital letters, as the Treebank tokenizer cuts words.
struct CapitalWordsRule: InstructionRule {
  private let frequency: Int
  private let relation: InstructionRelation

  init(_ arguments: inout InstructionArguments) throws {
    frequency = try arguments.number("capital_frequency")
    relation = try arguments.relation("capital_relation")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    let capitals = SentenceBoundaries.sentences(of: response).reduce(0) { sum, sentence in
      sum + TreebankWords.words(of: response.slice(sentence)).count(where: \.isUppercase)
    }
    return relation.holds(capitals, frequency)
  }
}

/// The response is in one language.
struct ResponseLanguageRule: InstructionRule {
  private let language: String
  private let detector: LanguageDetector

  init(_ arguments: inout InstructionArguments) throws {
    detector = try LanguageDetector.shipped()
    language = try arguments.text("language")
    guard detector.languages.contains(language) else {
      let known = detector.languages.joined(separator: ", ")
      throw arguments.problem("language is \"\(language)\"; known: \(known)")
    }
  }

  func isFollowed(by response: ScalarText) -> Bool {
    detector.isConsistent(response, with: language)
  }
}
