import Testing

@Suite("IFEval: content, beginning and end")
struct ContentRuleTests {
  @Test(
    "placeholders",
    arguments: [
      InstructionCase(#"{"num_placeholders": 2}"#, "[name] of [city]", true),
      InstructionCase(#"{"num_placeholders": 3}"#, "[name] of [city]", false),
      InstructionCase(#"{"num_placeholders": 1}"#, "[na\nme]", false),
      // The first closing bracket ends it, so "[[a]]" is one.
      InstructionCase(#"{"num_placeholders": 2}"#, "[[a]]", false),
      InstructionCase(#"{"num_placeholders": 1}"#, "[]", true),
      InstructionCase(#"{"num_placeholders": 1}"#, "]a[", false),
      InstructionCase(#"{"num_placeholders": 1}"#, "[名\u{2028}前]", true),
      InstructionCase(#"{"num_placeholders": 0}"#, "", false),
    ])
  func placeholders(_ row: InstructionCase) throws {
    try row.check("detectable_content:number_placeholders")
  }

  @Test(
    "a postscript",
    arguments: [
      InstructionCase(#"{"postscript_marker": "P.S."}"#, "Bye.\nP.S. More", true),
      InstructionCase(#"{"postscript_marker": "P.S."}"#, "Bye. p. s. more", true),
      InstructionCase(#"{"postscript_marker": "P.S."}"#, "P.S more", false),
      InstructionCase(#"{"postscript_marker": "P.S."}"#, "P.  S.", false),
      InstructionCase(#"{"postscript_marker": "P.P.S"}"#, "P.P.S. more", true),
      InstructionCase(#"{"postscript_marker": "P.P.S"}"#, "p.\u{A0}p.\ns", true),
      InstructionCase(#"{"postscript_marker": "P.P.S"}"#, "P.S. more", false),
      // Another marker is put in lower case like the response; its full stop is any character.
      InstructionCase(#"{"postscript_marker": " PS: "}"#, "ps: more", true),
      InstructionCase(#"{"postscript_marker": "P.S"}"#, "pxs", true),
      InstructionCase(#"{"postscript_marker": "P.S."}"#, "", false),
    ])
  func postscript(_ row: InstructionCase) throws {
    try row.check("detectable_content:postscript")
  }

  @Test(
    "two responses",
    arguments: [
      InstructionCase("{}", "One\n******\nTwo", true),
      InstructionCase("{}", "One\n******\n One ", false),
      InstructionCase("{}", "One", false),
      InstructionCase("{}", "One ****** Two ****** Three", false),
      InstructionCase("{}", "****** One ****** Two ******", true),
      InstructionCase("{}", "One ****** ****** Two", false),
      InstructionCase("{}", "One ***** Two", false),
      // Different code points are different answers, though they look the same.
      InstructionCase("{}", "é ****** e\u{301}", true),
      InstructionCase("{}", "", false),
    ])
  func twoResponses(_ row: InstructionCase) throws { try row.check("combination:two_responses") }

  @Test(
    "the prompt is repeated",
    arguments: [
      InstructionCase(#"{"prompt_to_repeat": "Say hi."}"#, "Say hi. Hi!", true),
      InstructionCase(#"{"prompt_to_repeat": " Say hi. "}"#, "\n SAY HI.", true),
      InstructionCase(#"{"prompt_to_repeat": "Say hi."}"#, "Sure: Say hi.", false),
      InstructionCase(#"{"prompt_to_repeat": "Say hi."}"#, "Say  hi.", false),
      InstructionCase(#"{"prompt_to_repeat": "Say hi."}"#, "Say hi", false),
      // A capital sigma is final at the end of a word: ΑΣ and ας are the same, ΑΣ and ασ are not.
      InstructionCase(#"{"prompt_to_repeat": "ΑΣ"}"#, "ας", true),
      InstructionCase(#"{"prompt_to_repeat": "ΑΣ"}"#, "ασ", false),
      InstructionCase(#"{"prompt_to_repeat": "Say hi."}"#, "", false),
    ])
  func repeated(_ row: InstructionCase) throws { try row.check("combination:repeat_prompt") }

  @Test(
    "the response ends with a phrase",
    arguments: [
      InstructionCase(#"{"end_phrase": "Peace!"}"#, "Bye. peace!", true),
      InstructionCase(#"{"end_phrase": " Peace! "}"#, "\"Bye. Peace!\"\n", true),
      InstructionCase(#"{"end_phrase": "Peace!"}"#, "Peace! Bye.", false),
      InstructionCase(#"{"end_phrase": "Peace!"}"#, "eace!", false),
      // Whitespace inside the closing quotation mark stays.
      InstructionCase(#"{"end_phrase": "Peace!"}"#, "Peace! \"", false),
      InstructionCase(#"{"end_phrase": "ÉTÉ"}"#, "l'été", true),
      InstructionCase(#"{"end_phrase": "Peace!"}"#, "", false),
    ])
  func endPhrase(_ row: InstructionCase) throws { try row.check("startend:end_checker") }

  @Test(
    "quotation marks around everything",
    arguments: [
      InstructionCase("{}", " \"Hello\" \n", true),
      InstructionCase("{}", "\"\"", true),
      InstructionCase("{}", "\"", false),
      InstructionCase("{}", "“Hello”", false),
      InstructionCase("{}", "'Hello'", false),
      InstructionCase("{}", "\"Hello\".", false),
      // A combining mark behind the last quotation mark is a code point of its own.
      InstructionCase("{}", "\"Hello\"\u{301}", false),
      InstructionCase("{}", "", false),
    ])
  func quotation(_ row: InstructionCase) throws { try row.check("startend:quotation") }

  @Test(
    "no comma",
    arguments: [
      InstructionCase("{}", "No pause", true),
      InstructionCase("{}", "A pause, here", false),
      InstructionCase("{}", "1,000", false),
      InstructionCase("{}", "日本、中国，", true),
      InstructionCase("{}", "a; b", true),
      // With a combining mark on it, it still is one.
      InstructionCase("{}", "a,\u{301}", false),
      InstructionCase("{}", "", false),
    ])
  func noComma(_ row: InstructionCase) throws { try row.check("punctuation:no_comma") }
}
