/// One verifiable instruction of IFEval: a rule that a program can decide from the response alone.
///
/// The 25 kinds and their meaning are those of the reference implementation of "Instruction-Following
/// Evaluation for Large Language Models" (Zhou et al., arXiv 2311.07911), quirks included. Three things
/// differ, each said where it is decided: arguments for which the reference draws a random value are
/// refused here (``init(identifier:arguments:)``), the language of a text comes from the detector of
/// this package, and sentence boundaries use a list of abbreviations of its own.
public struct InstructionCheck: Sendable {
  /// Family and kind, like `length_constraints:number_words`.
  public let identifier: String
  private let rule: any InstructionRule

  /// Every identifier that can be checked, sorted.
  public static var identifiers: [String] { InstructionCatalog.rules.keys.sorted() }

  /// Reads a check from the benchmark's own fields.
  ///
  /// `arguments` is the JSON object of the instruction, `{}` where it takes none. A `null` counts as not
  /// given: copies of the data exist that name every argument for every instruction.
  ///
  /// Throws `EvaluationError.unknownInstruction`, and `.instructionArguments` for an argument that is
  /// missing, unknown, of the wrong type or out of range.
  public init(identifier: String, arguments: String = "{}") throws {
    guard let kind = InstructionCatalog.rules[identifier] else {
      throw EvaluationError.unknownInstruction(
        identifier: identifier, known: InstructionCheck.identifiers)
    }
    var reader = try InstructionArguments(identifier: identifier, json: arguments)
    self.identifier = identifier
    rule = try kind.init(&reader)
    try reader.finish()
  }

  /// Whether the response, taken as it is, follows the instruction. One without any visible
  /// character follows none.
  public func isFollowed(by response: String) -> Bool {
    isFollowed(by: ScalarText(response))
  }

  func isFollowed(by response: ScalarText) -> Bool {
    !response.isBlank && rule.isFollowed(by: response)
  }
}

/// What each kind of instruction decides.
protocol InstructionRule: Sendable {
  /// Takes the arguments it knows; the caller refuses what is left.
  init(_ arguments: inout InstructionArguments) throws
  /// `response` holds at least one character that is no whitespace.
  func isFollowed(by response: ScalarText) -> Bool
}

/// The kinds by the names that the benchmark's files use.
enum InstructionCatalog {
  static let rules: [String: any InstructionRule.Type] = [
    "change_case:capital_word_frequency": CapitalWordsRule.self,
    "change_case:english_capital": EnglishCapitalsRule.self,
    "change_case:english_lowercase": EnglishLowercaseRule.self,
    "combination:repeat_prompt": RepeatedPromptRule.self,
    "combination:two_responses": TwoResponsesRule.self,
    "detectable_content:number_placeholders": PlaceholdersRule.self,
    "detectable_content:postscript": PostscriptRule.self,
    "detectable_format:constrained_response": ConstrainedResponseRule.self,
    "detectable_format:json_format": JSONFormatRule.self,
    "detectable_format:multiple_sections": SectionsRule.self,
    "detectable_format:number_bullet_lists": BulletsRule.self,
    "detectable_format:number_highlighted_sections": HighlightsRule.self,
    "detectable_format:title": TitleRule.self,
    "keywords:existence": KeywordsRule.self,
    "keywords:forbidden_words": ForbiddenWordsRule.self,
    "keywords:frequency": KeywordFrequencyRule.self,
    "keywords:letter_frequency": LetterFrequencyRule.self,
    "language:response_language": ResponseLanguageRule.self,
    "length_constraints:nth_paragraph_first_word": ParagraphFirstWordRule.self,
    "length_constraints:number_paragraphs": ParagraphsRule.self,
    "length_constraints:number_sentences": SentencesRule.self,
    "length_constraints:number_words": WordsRule.self,
    "punctuation:no_comma": NoCommaRule.self,
    "startend:end_checker": EndPhraseRule.self,
    "startend:quotation": QuotationRule.self,
  ]
}
