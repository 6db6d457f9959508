import PrismEvaluation
import Testing

@Suite("IFEval: letter case and language")
struct LetterCaseRuleTests {
  @Test(
    "English in capitals",
    arguments: [
      InstructionCase("{}", "THE ANSWER IS THAT YOU SHOULD REST.", true),
      InstructionCase("{}", "THE ANSWER IS THAT YOU SHOULD REST AT 5 pm.", false),
      InstructionCase("{}", "DAS IST NICHT DIE ANTWORT, DIE WIR VON EUCH WOLLTEN.", false),
      InstructionCase("{}", "123 !", false),
      // A feminine ordinal indicator is a small letter; a title-case letter is neither.
      InstructionCase("{}", "THE 1ª ANSWER IS THAT YOU SHOULD REST.", false),
      InstructionCase("{}", "THE \u{1C5} IS A LETTER THAT WE DO NOT HAVE.", false),
      InstructionCase("{}", "", false),
    ])
  func capitals(_ row: InstructionCase) throws { try row.check("change_case:english_capital") }

  @Test(
    "English in small letters",
    arguments: [
      InstructionCase("{}", "the answer is that you should rest.", true),
      InstructionCase("{}", "the answer is that I should rest.", false),
      InstructionCase("{}", "das ist nicht die antwort, die wir von euch wollten.", false),
      InstructionCase("{}", "123 !", false),
      InstructionCase("{}", "日本", false),
      InstructionCase("{}", "it is a café, and we will not be there for long.", true),
      InstructionCase("{}", "", false),
    ])
  func small(_ row: InstructionCase) throws { try row.check("change_case:english_lowercase") }

  @Test(
    "words in capitals",
    arguments: [
      InstructionCase(
        #"{"capital_frequency": 2, "capital_relation": "at least"}"#, "NASA and the EU", true),
      InstructionCase(
        #"{"capital_frequency": 3, "capital_relation": "at least"}"#, "NASA and the EU", false),
      InstructionCase(
        #"{"capital_frequency": 2, "capital_relation": "less than"}"#, "NASA and the EU", false),
      // DO and N'T are two words, and I and 'M; CAN and NOT as well; WELL-KNOWN is one.
      InstructionCase(
        #"{"capital_frequency": 6, "capital_relation": "at least"}"#, "I'M OK. DON'T! NO", true),
      InstructionCase(
        #"{"capital_frequency": 7, "capital_relation": "at least"}"#, "I'M OK. DON'T! NO", false),
      InstructionCase(
        #"{"capital_frequency": 3, "capital_relation": "at least"}"#, "CANNOT WELL-KNOWN", true),
      InstructionCase(
        #"{"capital_frequency": 4, "capital_relation": "at least"}"#, "CANNOT WELL-KNOWN", false),
      InstructionCase(
        #"{"capital_frequency": 2, "capital_relation": "at least"}"#, "ÉTÉ Σ 1ª", true),
      InstructionCase(
        #"{"capital_frequency": 1, "capital_relation": "less than"}"#, "", false),
    ])
  func words(_ row: InstructionCase) throws {
    try row.check("change_case:capital_word_frequency")
  }

  /// Text and the words that NLTK's tokenizer finds.
  @Test(
    "where words end",
    arguments: [
      ("Don't stop.", ["Do", "n't", "stop", "."]),
      ("They'll say \"no\".", ["They", "'ll", "say", "``", "no", "''", "."]),
      ("a, b:c 3,5 d", ["a", ",", "b", ":", "c", "3,5", "d"]),
      ("(x)--y [z]*", ["(", "x", ")", "--", "y", "[", "z", "]", "*"]),
      ("wait... what?!", ["wait", "...", "what", "?", "!"]),
      ("the dogs' bowl", ["the", "dogs", "'", "bowl"]),
      ("'Tis gonna cost $5 “now”", ["'T", "is", "gon", "na", "cost", "$", "5", "“", "now", "”"]),
      ("Mr. O'Neil's U.S. trip", ["Mr.", "O'Neil", "'s", "U.S.", "trip"]),
    ])
  func treebank(_ text: String, _ words: [String]) {
    #expect(TreebankWords.words(of: ScalarText(text)).map(\.string) == words)
  }

  @Test(
    "the language of the response",
    arguments: [
      InstructionCase(#"{"language": "de"}"#, "Das ist nicht die Antwort von gestern.", true),
      InstructionCase(#"{"language": "en"}"#, "Das ist nicht die Antwort von gestern.", false),
      InstructionCase(#"{"language": "ko"}"#, "안녕하세요, 반갑습니다.", true),
      InstructionCase(#"{"language": "hi"}"#, "यह एक किताब है और वह मेरी नहीं है।", true),
      InstructionCase(#"{"language": "mr"}"#, "यह एक किताब है और वह मेरी नहीं है।", false),
      // No letter of a known script: nothing can be said, and that counts as followed.
      InstructionCase(#"{"language": "hi"}"#, "123 !? 🙂", true),
      InstructionCase(#"{"language": "hi"}"#, "საქართველო", true),
      InstructionCase(#"{"language": "hi"}"#, " ", false),
    ])
  func language(_ row: InstructionCase) throws { try row.check("language:response_language") }
}
