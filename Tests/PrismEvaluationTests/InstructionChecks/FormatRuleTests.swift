import Testing

@Suite("IFEval: format")
struct FormatRuleTests {
  @Test(
    "bullet points",
    arguments: [
      InstructionCase(#"{"num_bullets": 2}"#, "* a\n* b", true),
      InstructionCase(#"{"num_bullets": 3}"#, "* a\n* b", false),
      InstructionCase(#"{"num_bullets": 2}"#, "  * a\n\t- b\ntext - c", true),
      // Emphasis is no bullet, but every line that begins with a hyphen is.
      InstructionCase(#"{"num_bullets": 0}"#, "**a**\n**b**", true),
      InstructionCase(#"{"num_bullets": 1}"#, "---", true),
      // A lone asterisk takes the next line with it.
      InstructionCase(#"{"num_bullets": 1}"#, "*\n* a", true),
      InstructionCase(#"{"num_bullets": 0}"#, "*", true),
      InstructionCase(#"{"num_bullets": 1}"#, "\n \u{A0}\n* é\r\n• b", true),
      InstructionCase(#"{"num_bullets": 0}"#, "", false),
    ])
  func bullets(_ row: InstructionCase) throws {
    try row.check("detectable_format:number_bullet_lists")
  }

  @Test(
    "highlighted passages",
    arguments: [
      InstructionCase(#"{"num_highlights": 2}"#, "*a* and **b**", true),
      InstructionCase(#"{"num_highlights": 3}"#, "*a* and **b**", false),
      InstructionCase(#"{"num_highlights": 1}"#, "*a\nb*", false),
      InstructionCase(#"{"num_highlights": 1}"#, "****", false),
      // Pairs from the left: what is between the second and third asterisk is not looked at.
      InstructionCase(#"{"num_highlights": 1}"#, "**a*", false),
      // Single asterisks of "***a***" close around nothing; the double ones around a.
      InstructionCase(#"{"num_highlights": 1}"#, "***a***", true),
      InstructionCase(#"{"num_highlights": 1}"#, "*\u{3000}*", false),
      InstructionCase(#"{"num_highlights": 1}"#, "*\u{2028}é*", true),
      InstructionCase(#"{"num_highlights": 0}"#, "  ", false),
    ])
  func highlights(_ row: InstructionCase) throws {
    try row.check("detectable_format:number_highlighted_sections")
  }

  @Test(
    "sections",
    arguments: [
      InstructionCase(
        #"{"section_spliter": "SECTION", "num_sections": 2}"#, "SECTION 1\na\nSECTION 2\nb", true),
      InstructionCase(
        #"{"section_spliter": "SECTION", "num_sections": 3}"#, "SECTION 1\na\nSECTION 2\nb", false),
      InstructionCase(
        #"{"section_spliter": "SECTION", "num_sections": 1}"#, "Section 1", false),
      InstructionCase(#"{"section_spliter": " Day ", "num_sections": 2}"#, "Day1Day\n22", true),
      InstructionCase(#"{"section_spliter": "Day", "num_sections": 1}"#, "Day  1", false),
      InstructionCase(#"{"section_spliter": "Day", "num_sections": 1}"#, "Day one", false),
      InstructionCase(#"{"section_spliter": "Day", "num_sections": 1}"#, "Day\u{A0}٣", true),
      InstructionCase(#"{"section_spliter": "Day", "num_sections": 0}"#, "", false),
    ])
  func sections(_ row: InstructionCase) throws {
    try row.check("detectable_format:multiple_sections")
  }

  @Test(
    "a title",
    arguments: [
      InstructionCase("{}", "<<poem of joy>>\nText", true),
      InstructionCase("{}", "<poem>", false),
      InstructionCase("{}", "<<poem\nof joy>>", false),
      InstructionCase("{}", "<<>>", false),
      InstructionCase("{}", "<< >>", false),
      InstructionCase("{}", "<<<>>>", false),
      InstructionCase("{}", ">> <<a>>", true),
      // Brackets are taken off each end before spaces are: of "<<> >>" a bracket is left.
      InstructionCase("{}", "<<> >>", true),
      InstructionCase("{}", "<<é>>", true),
      InstructionCase("{}", "", false),
    ])
  func title(_ row: InstructionCase) throws { try row.check("detectable_format:title") }

  @Test(
    "one of three answers",
    arguments: [
      InstructionCase("{}", "My answer is yes.", true),
      InstructionCase("{}", "Well. My answer is maybe. Or so.", true),
      InstructionCase("{}", "My answer is no", false),
      InstructionCase("{}", "my answer is no.", false),
      InstructionCase("{}", "My answer is\nno.", false),
      InstructionCase("{}", "My answer\u{A0}is no.", false),
      InstructionCase("{}", "", false),
    ])
  func constrained(_ row: InstructionCase) throws {
    try row.check("detectable_format:constrained_response")
  }

  @Test(
    "JSON",
    arguments: [
      InstructionCase("{}", #"{"a": [1, -2.5e3, null, "\u00e9"]}"#, true),
      InstructionCase("{}", "```json\n{\"a\": 1}\n```", true),
      InstructionCase("{}", "```JSON[]```", true),
      InstructionCase("{}", "Here: {\"a\": 1}", false),
      InstructionCase("{}", #"{"a": 1,}"#, false),
      InstructionCase("{}", "{'a': 1}", false),
      InstructionCase("{}", "{} {}", false),
      // Python reads these, and any value at the top.
      InstructionCase("{}", "[NaN, -Infinity]", true),
      InstructionCase("{}", "\"é\"", true),
      InstructionCase("{}", "01", false),
      InstructionCase("{}", "1.", false),
      InstructionCase("{}", "\"a\tb\"", false),
      InstructionCase("{}", #""\x""#, false),
      InstructionCase("{}", "[1\u{A0}]", false),
      InstructionCase("{}", "[[[", false),
      InstructionCase("{}", "{\"a\": {}, \"b\": [[], {}]}", true),
      InstructionCase("{}", "``````", false),
      InstructionCase("{}", "", false),
    ])
  func json(_ row: InstructionCase) throws { try row.check("detectable_format:json_format") }
}
