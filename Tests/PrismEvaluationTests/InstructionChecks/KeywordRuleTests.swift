import Testing

@Suite("IFEval: keywords")
struct KeywordRuleTests {
  @Test(
    "every keyword occurs, in any case",
    arguments: [
      InstructionCase(#"{"keywords": ["ink", "memoirs"]}"#, "Ink and MEMOIRS.", true),
      InstructionCase(#"{"keywords": ["ink", "memoirs"]}"#, "Only ink.", false),
      // Inside a word too: "thinking".
      InstructionCase(#"{"keywords": ["ink"]}"#, "thinking", true),
      InstructionCase(#"{"keywords": ["ink"]}"#, "i n k", false),
      // A full stop is any character but a line feed, as in a regular expression.
      InstructionCase(#"{"keywords": ["a.b"]}"#, "axb", true),
      InstructionCase(#"{"keywords": ["a.b"]}"#, "a\nb", false),
      // The long s and the Kelvin sign have the upper case of s and k; sharp s is not "ss".
      InstructionCase(#"{"keywords": ["desk"]}"#, "de\u{17F}\u{212A}", true),
      InstructionCase(#"{"keywords": ["strasse"]}"#, "Straße", false),
      // A precomposed letter is not the letter with its accent.
      InstructionCase(#"{"keywords": ["\u00e9"]}"#, "e\u{301}", false),
      InstructionCase(#"{"keywords": ["ink"]}"#, "", false),
    ])
  func existence(_ row: InstructionCase) throws { try row.check("keywords:existence") }

  @Test(
    "a keyword occurs often or seldom enough",
    arguments: [
      InstructionCase(
        #"{"keyword": "war", "frequency": 2, "relation": "at least"}"#, "War and warm", true),
      InstructionCase(
        #"{"keyword": "war", "frequency": 3, "relation": "at least"}"#, "War and warm", false),
      InstructionCase(
        #"{"keyword": "war", "frequency": 2, "relation": "less than"}"#, "War and warm", false),
      InstructionCase(
        #"{"keyword": "war", "frequency": 1, "relation": "less than"}"#, "peace", true),
      // Occurrences do not overlap: "aaaa" holds "aa" twice.
      InstructionCase(#"{"keyword": "aa", "frequency": 3, "relation": "at least"}"#, "aaaa", false),
      InstructionCase(#"{"keyword": "aa", "frequency": 2, "relation": "at least"}"#, "aaaa", true),
      // The keyword is stripped.
      InstructionCase(#"{"keyword": " a ", "frequency": 1, "relation": "at least"}"#, "a", true),
      InstructionCase(#"{"keyword": "σ", "frequency": 3, "relation": "at least"}"#, "Σσς", true),
      InstructionCase(#"{"keyword": "war", "frequency": 1, "relation": "less than"}"#, "", false),
    ])
  func frequency(_ row: InstructionCase) throws { try row.check("keywords:frequency") }

  @Test(
    "no forbidden word occurs as a whole word",
    arguments: [
      InstructionCase(#"{"forbidden_words": ["die", "BC"]}"#, "A diet of abc", true),
      InstructionCase(#"{"forbidden_words": ["die", "BC"]}"#, "never Die!", false),
      InstructionCase(#"{"forbidden_words": ["die", "BC"]}"#, "in 5 bc", false),
      // The underscore and digits belong to words, a hyphen does not.
      InstructionCase(#"{"forbidden_words": ["rock"]}"#, "rock_2", true),
      InstructionCase(#"{"forbidden_words": ["rock"]}"#, "hard-rock", false),
      InstructionCase(#"{"forbidden_words": ["rock"]}"#, "rocké", true),
      // A combining mark is no part of a word.
      InstructionCase(#"{"forbidden_words": ["rock"]}"#, "rock\u{301}", false),
      InstructionCase(#"{"forbidden_words": ["a b"]}"#, "xa b", true),
      InstructionCase(#"{"forbidden_words": ["rock"]}"#, " \n", false),
    ])
  func forbidden(_ row: InstructionCase) throws { try row.check("keywords:forbidden_words") }

  @Test(
    "a letter occurs often or seldom enough",
    arguments: [
      InstructionCase(
        #"{"letter": "t", "let_frequency": 2, "let_relation": "at least"}"#, "Tot", true),
      InstructionCase(
        #"{"letter": "T", "let_frequency": 3, "let_relation": "at least"}"#, "Tot", false),
      InstructionCase(
        #"{"letter": "t", "let_frequency": 2, "let_relation": "less than"}"#, "Tot", false),
      InstructionCase(
        #"{"letter": "q", "let_frequency": 1, "let_relation": "less than"}"#, "Tot", true),
      // Lower case of a dotted capital I is i and a combining dot; of the Kelvin sign k.
      InstructionCase(
        #"{"letter": "i", "let_frequency": 1, "let_relation": "at least"}"#, "\u{130}", true),
      InstructionCase(
        #"{"letter": "k", "let_frequency": 1, "let_relation": "at least"}"#, "\u{212A}", true),
      // A flag is two code points: no letter of it is an a.
      InstructionCase(
        #"{"letter": "a", "let_frequency": 1, "let_relation": "at least"}"#, "🇦🇦", false),
      // The reference would count a random letter here.
      InstructionCase(
        ##"{"letter": "#", "let_frequency": 2, "let_relation": "at least"}"##, "#a #b", true),
      InstructionCase(
        ##"{"letter": "#", "let_frequency": 3, "let_relation": "at least"}"##, "#a #b", false),
      InstructionCase(
        #"{"letter": "q", "let_frequency": 1, "let_relation": "less than"}"#, "", false),
    ])
  func letters(_ row: InstructionCase) throws { try row.check("keywords:letter_frequency") }
}
