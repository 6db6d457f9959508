import Foundation
import PrismEvaluation
import Testing

@Suite("IFEval: checks from the benchmark's fields")
struct InstructionCheckTests {
  @Test("there are 25 kinds")
  func kinds() {
    #expect(InstructionCheck.identifiers.count == 25)
    #expect(InstructionCheck.identifiers == InstructionCheck.identifiers.sorted())
  }

  @Test("an unknown kind lists the known ones")
  func unknownKind() {
    #expect {
      _ = try InstructionCheck(identifier: "keywords:none")
    } throws: { error in
      "\(error)".contains("no instruction \"keywords:none\"")
        && "\(error)".contains("keywords:existence, keywords:forbidden_words")
    }
  }

  /// Kind, arguments and words of the error.
  @Test(
    "bad arguments are refused",
    arguments: [
      ("punctuation:no_comma", #"{"num_words": 3}"#, "it takes no num_words"),
      ("punctuation:no_comma", "[]", "not a JSON object"),
      ("punctuation:no_comma", "", "not a JSON object"),
      ("length_constraints:number_words", #"{"relation": "at least"}"#, "num_words is missing"),
      (
        "length_constraints:number_words", #"{"num_words": null, "relation": "at least"}"#,
        "missing"
      ),
      (
        "length_constraints:number_words", #"{"num_words": "3", "relation": "at least"}"#,
        "num_words must be a whole number"
      ),
      (
        "length_constraints:number_words", #"{"num_words": 3.5, "relation": "at least"}"#,
        "num_words must be a whole number"
      ),
      (
        "length_constraints:number_words", #"{"num_words": true, "relation": "at least"}"#,
        "num_words must be a whole number"
      ),
      (
        "length_constraints:number_words", #"{"num_words": -1, "relation": "at least"}"#,
        "num_words is -1 but must be at least 0"
      ),
      (
        "length_constraints:number_words", #"{"num_words": 3, "relation": "at most"}"#,
        "must be \"less than\" or \"at least\""
      ),
      ("keywords:existence", #"{"keywords": "ink"}"#, "keywords must be a list"),
      ("keywords:existence", #"{"keywords": []}"#, "keywords is empty"),
      ("keywords:existence", #"{"keywords": ["C++"]}"#, "keywords holds \"C++\""),
      ("startend:end_checker", #"{"end_phrase": " "}"#, "end_phrase is blank"),
      (
        "keywords:letter_frequency",
        #"{"letter": "ab", "let_frequency": 1, "let_relation": "at least"}"#, "one character"
      ),
      (
        "length_constraints:nth_paragraph_first_word",
        #"{"num_paragraphs": 1, "nth_paragraph": 2, "first_word": "a"}"#, "nth_paragraph is 2"
      ),
      ("language:response_language", #"{"language": "xx"}"#, "known: af, ar, bg"),
    ])
  func badArguments(_ identifier: String, _ arguments: String, _ words: String) {
    #expect {
      _ = try InstructionCheck(identifier: identifier, arguments: arguments)
    } throws: { error in
      "\(error)".hasPrefix("the arguments of the instruction \(identifier) cannot be used: ")
        && "\(error)".contains(words)
    }
  }

  @Test("a null argument counts as not given")
  func nulls() throws {
    let arguments = #"{"num_words": null, "language": null}"#
    let check = try InstructionCheck(identifier: "punctuation:no_comma", arguments: arguments)
    #expect(check.isFollowed(by: "Yes"))
  }

  /// A check that went over the text once for every character of it would take minutes here; each
  /// takes less than half a second, unoptimised.
  @Test(
    "50,000 characters of anything are few passes",
    arguments: ["* ", ". ", "!", "Σ\u{301}", " \n", "<[`'\""])
  func hostileResponses(_ unit: String) throws {
    let response = "x" + String(repeating: unit, count: 50_000 / unit.unicodeScalars.count) + "x"
    for identifier in InstructionCheck.identifiers {
      let check = try InstructionCheck(
        identifier: identifier, arguments: Self.someArguments[identifier] ?? "{}")
      let duration = ContinuousClock().measure { _ = check.isFollowed(by: response) }
      #expect(duration < .seconds(10), "\(identifier)")
    }
  }

  private static let someArguments = [
    "change_case:capital_word_frequency":
      #"{"capital_frequency": 1, "capital_relation": "at least"}"#,
    "combination:repeat_prompt": #"{"prompt_to_repeat": "a"}"#,
    "detectable_content:number_placeholders": #"{"num_placeholders": 1}"#,
    "detectable_content:postscript": #"{"postscript_marker": "P.S."}"#,
    "detectable_format:multiple_sections": #"{"section_spliter": "a", "num_sections": 1}"#,
    "detectable_format:number_bullet_lists": #"{"num_bullets": 1}"#,
    "detectable_format:number_highlighted_sections": #"{"num_highlights": 1}"#,
    "keywords:existence": #"{"keywords": ["aab"]}"#,
    "keywords:forbidden_words": #"{"forbidden_words": ["aab"]}"#,
    "keywords:frequency": #"{"keyword": "ab", "frequency": 1, "relation": "at least"}"#,
    "keywords:letter_frequency":
      #"{"letter": "a", "let_frequency": 1, "let_relation": "at least"}"#,
    "language:response_language": #"{"language": "en"}"#,
    "length_constraints:nth_paragraph_first_word":
      #"{"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "a"}"#,
    "length_constraints:number_paragraphs": #"{"num_paragraphs": 1}"#,
    "length_constraints:number_sentences": #"{"num_sentences": 1, "relation": "at least"}"#,
    "length_constraints:number_words": #"{"num_words": 1, "relation": "at least"}"#,
    "startend:end_checker": #"{"end_phrase": "a"}"#,
  ]
}
