/// Exactly so many bullet points: lines that begin with one asterisk or with a hyphen.
struct BulletsRule: InstructionRule {
  private let bullets: Int

  init(_ arguments: inout InstructionArguments) throws {
    bullets = try arguments.number("num_bullets")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    count("*", in: response.scalars) + count("-", in: response.scalars) == bullets
  }

  /// Matches of `^\s*\*[^\*].*$` or `^\s*-.*$`. The whitespace may run over empty lines, and the
  /// character after an asterisk may be the line feed: then the next line is part of the point.
  private func count(_ mark: Unicode.Scalar, in text: [Unicode.Scalar]) -> Int {
    var found = 0
    var lineStart = 0
    while lineStart < text.count {
      var index = lineStart
      while index < text.count, PythonScalar.isSpace(text[index]) { index += 1 }
      // Every line start that the whitespace ran over would end up at the same character.
      var rest = index
      if index < text.count, text[index] == mark {
        if mark == "-" {
          found += 1
        } else if index + 1 < text.count, text[index + 1] != mark {
          found += 1
          rest = index + 2
        }
      }
      guard rest < text.count, let lineEnd = text[rest...].firstIndex(of: "\n") else { break }
      lineStart = lineEnd + 1
    }
    return found
  }
}

/// At least so many `*highlighted*` or `**highlighted**` passes, none across lines.
struct HighlightsRule: InstructionRule {
  private let least: Int

  init(_ arguments: inout InstructionArguments) throws {
    least = try arguments.number("num_highlights")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    count(width: 1, in: response) + count(width: 2, in: response) >= least
  }

  /// Matches of `width` asterisks, text without asterisk or line feed, `width` asterisks; those around
  /// nothing but whitespace are passed over without being counted.
  private func count(width: Int, in response: ScalarText) -> Int {
    let text = response.scalars
    let marks = ScalarText(repeatElement("*", count: width))
    var found = 0
    var index = 0
    while index < text.count {
      guard response.has(marks, at: index) else {
        index += 1
        continue
      }
      let start = index + width
      var end = start
      while end < text.count, text[end] != "*", text[end] != "\n" { end += 1 }
      if response.has(marks, at: end) {
        if !response.slice(start..<end).isBlank { found += 1 }
        index = end + width
      } else {
        // Nothing can start inside the text without asterisks.
        index = end == start ? index + 1 : end
      }
    }
    return found
  }
}

/// At least so many sections: the splitter with a number behind it.
struct SectionsRule: InstructionRule {
  private let splitter: KeywordPattern
  private let least: Int

  init(_ arguments: inout InstructionArguments) throws {
    let text = ScalarText(try arguments.text("section_spliter")).stripped
    splitter = try arguments.pattern(
      "section_spliter", text: text.string, ignoringCase: false)
    least = try arguments.number("num_sections")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    let text = response.scalars
    var found = 0
    var index = 0
    while index < text.count {
      if splitter.matches(text, at: index), let end = numberEnd(text, from: index + splitter.count)
      {
        found += 1
        index = end
      } else {
        index += 1
      }
    }
    return found >= least
  }

  /// The end of a number that at most one whitespace precedes.
  private func numberEnd(_ text: [Unicode.Scalar], from start: Int) -> Int? {
    var index = start
    if index < text.count, PythonScalar.isSpace(text[index]) { index += 1 }
    let digits = text[index...].prefix(while: PythonScalar.isDigit)
    return digits.isEmpty ? nil : digits.endIndex
  }
}

/// A title in double angle brackets that holds more than brackets and whitespace.
struct TitleRule: InstructionRule {
  init(_ arguments: inout InstructionArguments) throws {}

  func isFollowed(by response: ScalarText) -> Bool {
    response.scalars.split(separator: "\n").contains { line in
      let text = ScalarText(line)
      // Greedy: from the first opening to the last closing brackets of a line, one character between.
      guard let open = text.scalars.indices.first(where: { text.has("<<", at: $0) }),
        let close = text.scalars.indices.last(where: { text.has(">>", at: $0) }),
        close > open + 2
      else { return false }
      var inside = text.scalars[open..<(close + 2)].drop { $0 == "<" }
      while inside.last == ">" { inside.removeLast() }
      return !ScalarText(inside).isBlank
    }
  }
}
