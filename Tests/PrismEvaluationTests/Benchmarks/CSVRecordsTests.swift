import PrismEvaluation
import Testing

@Suite("CSV records")
struct CSVRecordsTests {
  private func read(_ text: String) throws -> [CSVRecord] {
    try CSVRecords.read(BenchmarkFile(path: "t.csv", bytes: Array(text.utf8)))
  }

  @Test(
    "cells come back byte for byte",
    arguments: [
      ("plain", "a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("no line end at the end", "a,b\n1,2", [["a", "b"], ["1", "2"]]),
      ("CR LF", "a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
      ("byte order mark", "\u{FEFF}a,b\n", [["a", "b"]]),
      ("comma in quotes", "\"a,b\",c\n", [["a,b", "c"]]),
      ("line ends in quotes", "\"a\nb\",\"c\r\nd\"\n", [["a\nb", "c\r\nd"]]),
      ("quotes in quotes", "\"say \"\"a\"\"\",\"\"\"\"\n", [["say \"a\"", "\""]]),
      ("empty cells", ",\"\",\n", [["", "", ""]]),
      ("empty cell before the end", "a,", [["a", ""]]),
      ("blanks around cells", " a , \"\n".replacing("\"", with: "b "), [[" a ", " b "]]),
      ("empty lines between records", "a\n\n\r\nb\n\n", [["a"], ["b"]]),
      ("quote with a combining accent", "\"\u{301}a\",b\n", [["\u{301}a", "b"]]),
      ("line separators of Unicode", "a\u{2028}b\u{85}c,d\n", [["a\u{2028}b\u{85}c", "d"]]),
    ])
  func cells(name: String, text: String, expected: [[String]]) throws {
    #expect(try read(text).map(\.fields) == expected)
  }

  @Test("a record's line is the one it begins on, past line ends in quotes")
  func lines() throws {
    #expect(try read("a\n\"b\nc\"\n\nd\n").map(\.line) == [1, 2, 5])
  }

  @Test(
    "what is not CSV is refused with its line",
    arguments: [
      ("open quote", "a,b\n\"c\nd", 2, "never closed"),
      ("text after a quote", "a\n\"b\" c\n", 2, "follows the closing quote"),
      ("quote in a plain cell", "a\nb\"c\n", 2, "a quote inside a cell"),
      ("blank before a quote", "a, \"b\"\n", 1, "a quote inside a cell"),
      ("lone carriage return", "a\nb\rc\n", 2, "carriage return"),
    ])
  func refused(name: String, text: String, line: Int, expected: String) throws {
    let problem = problem(of: #expect(throws: EvaluationError.self) { try read(text) })
    #expect(problem?.line == line)
    #expect(problem?.text.contains(expected) == true, "\(problem?.text ?? "")")
  }

  @Test("a file that is blank or not UTF-8 is refused")
  func bytes() {
    for bytes in [[], [0xEF, 0xBB, 0xBF], Array(" \r\n\t".utf8)] as [[UInt8]] {
      let error = #expect(throws: EvaluationError.self) {
        try BenchmarkFile(path: "t.csv", bytes: bytes)
      }
      #expect(problem(of: error)?.text == "the file is empty")
    }
    let error = #expect(throws: EvaluationError.self) {
      try BenchmarkFile(path: "t.csv", bytes: Array("a\nb".utf8) + [0xFF])
    }
    #expect(problem(of: error)?.line == 2)
    #expect(problem(of: error)?.text == "the text is not UTF-8")
  }
}
