import PrismEvaluation
import Testing

@Suite("IFEval: length")
struct LengthRuleTests {
  @Test(
    "the number of words",
    arguments: [
      // don, t, stop, 3, 5
      InstructionCase(#"{"num_words": 5, "relation": "at least"}"#, "don't stop: 3.5", true),
      InstructionCase(#"{"num_words": 6, "relation": "at least"}"#, "don't stop: 3.5", false),
      InstructionCase(#"{"num_words": 5, "relation": "less than"}"#, "don't stop: 3.5", false),
      InstructionCase(#"{"num_words": 2, "relation": "less than"}"#, "snake_case", true),
      // A combining mark ends a word: e + mark + t is two. A superscript two is a word character.
      InstructionCase(#"{"num_words": 2, "relation": "at least"}"#, "e\u{301}t", true),
      InstructionCase(#"{"num_words": 2, "relation": "at least"}"#, "m²", false),
      // Devanagari vowel signs are marks: three letters with a sign behind each are three words.
      InstructionCase(#"{"num_words": 3, "relation": "at least"}"#, "किताबी", true),
      InstructionCase(#"{"num_words": 4, "relation": "at least"}"#, "किताबी", false),
      InstructionCase(#"{"num_words": 1, "relation": "less than"}"#, "...", true),
      InstructionCase(#"{"num_words": 1, "relation": "less than"}"#, "", false),
    ])
  func words(_ row: InstructionCase) throws { try row.check("length_constraints:number_words") }

  @Test(
    "the number of sentences",
    arguments: [
      InstructionCase(#"{"num_sentences": 2, "relation": "at least"}"#, "One. Two.", true),
      InstructionCase(#"{"num_sentences": 3, "relation": "at least"}"#, "One. Two.", false),
      InstructionCase(#"{"num_sentences": 2, "relation": "less than"}"#, "One. Two.", false),
      InstructionCase(#"{"num_sentences": 2, "relation": "less than"}"#, "No end", true),
      InstructionCase(#"{"num_sentences": 2, "relation": "less than"}"#, "Mr. Smith left.", true),
      InstructionCase(#"{"num_sentences": 2, "relation": "at least"}"#, "Ja! Ñandú?", true),
      InstructionCase(#"{"num_sentences": 1, "relation": "less than"}"#, "\n", false),
    ])
  func sentences(_ row: InstructionCase) throws {
    try row.check("length_constraints:number_sentences")
  }

  /// Text and the number of sentences that NLTK's tokenizer finds.
  @Test(
    "where sentences end",
    arguments: [
      ("He paid $3.50. Dr. Who left.", 2),
      // Several marks in a row are one end, and closing quotes belong to the sentence before.
      ("What?! No...", 2),
      ("\"Go.\" He went.", 2),
      ("(One.) Two.", 2),
      // An ellipsis ends a sentence only before a word that opens one.
      ("Well... maybe so.", 1),
      ("Well... This is it.", 2),
      ("Well... Zanzibar.", 1),
      // An ordinal before a small letter does not end one; a list's number does.
      ("On the 5. of May.", 1),
      ("1. First\n2. Second", 3),
      ("J. Bach wrote it.", 1),
      ("In the U.S. it rains. In the U.S. The sun.", 3),
      // No space, no end.
      ("a.b.c", 1),
      ("One.\n\nTwo.\r\nThree", 3),
      ("e.g. this", 2),
      // A spaced ellipsis is three ends of their own.
      ("Wait . . . no.", 4),
    ])
  func boundaries(_ text: String, _ count: Int) {
    #expect(SentenceBoundaries.sentences(of: ScalarText(text)).count == count)
  }

  @Test(
    "paragraphs between dividers",
    arguments: [
      InstructionCase(#"{"num_paragraphs": 2}"#, "One\n***\nTwo", true),
      InstructionCase(#"{"num_paragraphs": 3}"#, "One\n***\nTwo", false),
      InstructionCase(#"{"num_paragraphs": 1}"#, "One\n\nTwo", true),
      // Blank pieces at either end do not count; one in the middle fails.
      InstructionCase(#"{"num_paragraphs": 2}"#, "***\nOne***Two\n***", true),
      InstructionCase(#"{"num_paragraphs": 2}"#, "One *** \n *** Two", false),
      InstructionCase(#"{"num_paragraphs": 2}"#, "One****Two", true),
      InstructionCase(#"{"num_paragraphs": 0}"#, "***", true),
      InstructionCase(#"{"num_paragraphs": 2}"#, "Ünö\u{2028}***\u{2028}二", true),
      InstructionCase(#"{"num_paragraphs": 0}"#, "", false),
    ])
  func paragraphs(_ row: InstructionCase) throws {
    try row.check("length_constraints:number_paragraphs")
  }

  @Test(
    "a paragraph's first word",
    arguments: [
      InstructionCase(
        #"{"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Elm"}"#, "A\n\nelm tree", true),
      InstructionCase(
        #"{"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "elm"}"#, "A\n\nelm tree", false),
      InstructionCase(
        #"{"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "elm"}"#,
        "A\n\n'\"ELM, tree", true),
      InstructionCase(
        #"{"num_paragraphs": 3, "nth_paragraph": 2, "first_word": "elm"}"#, "A\n\nelm", false),
      // Blank paragraphs are not counted, but the position counts them.
      InstructionCase(
        #"{"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "elm"}"#, "A\n\n\n\nelm", false),
      // A carriage return between line feeds is no empty line.
      InstructionCase(
        #"{"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "a"}"#, "A\r\n\r\nB", false),
      InstructionCase(
        #"{"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "élan"}"#, "Élan.", true),
      InstructionCase(
        #"{"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "a"}"#, "", false),
    ])
  func firstWord(_ row: InstructionCase) throws {
    try row.check("length_constraints:nth_paragraph_first_word")
  }
}
