/// A word of the few around a mark that may end a sentence, and what is decided about it.
struct SentenceToken {
  private let text: ScalarText
  /// Lower case; a number is always the same.
  private let type: ScalarText
  private var isAbbreviation = false
  private(set) var endsSentence = false

  private static let number: ScalarText = "##number##"

  private init(_ text: ScalarText) {
    self.text = text
    let lowercased = text.lowercased
    type = Self.isNumber(lowercased) ? Self.number : lowercased
    if text.count == 1, Self.isEndMark(text.scalars[0]) {
      endsSentence = true
    } else if endsInPeriod, !isEllipsis, !text.hasSuffix("..") {
      isAbbreviation = Self.isAbbreviation(lowercased.slice(0..<(lowercased.count - 1)))
      endsSentence = !isAbbreviation
    }
  }

  private var endsInPeriod: Bool { text.scalars.last == "." }
  private var isEllipsis: Bool { text.count > 1 && text.scalars.allSatisfy { $0 == "." } }
  private var isInitial: Bool {
    text.count == 2 && endsInPeriod && PythonScalar.isWord(text.scalars[0])
      && !PythonScalar.isDigit(text.scalars[0])
  }

  /// The type, without the full stop that ends the sentence.
  private var word: String {
    guard endsSentence, type.count > 1, type.scalars.last == "." else { return type.string }
    return type.slice(0..<(type.count - 1)).string
  }

  /// Decides anew for abbreviations, ellipses, initials and numbers, given the word that follows.
  mutating func decide(before next: SentenceToken) {
    guard endsInPeriod else { return }
    let opening = next.opening
    if isAbbreviation || isEllipsis, !isInitial, opening == .yes { endsSentence = true }
    guard isInitial || type == Self.number else { return }
    if opening == .no { endsSentence = false }
    // "J. Bach": a capital that the next word has anyway says nothing.
    if opening == .unknown, isInitial, next.startsUpper,
      !SentenceWords.isOrdinary(next.word)
    {
      endsSentence = false
    }
  }

  private enum Opening { case yes, no, unknown }

  private var startsUpper: Bool { text.scalars.first.map(PythonScalar.isUpper) ?? false }

  /// Whether this token opens a sentence.
  private var opening: Opening {
    if text.count == 1, ";:,.!?".unicodeScalars.contains(text.scalars[0]) { return .no }
    if startsUpper, SentenceWords.openers.contains(word) { return .yes }
    return text.scalars.first.map(PythonScalar.isLower) == true ? .no : .unknown
  }

  /// `-?[.,]?\d[\d,.-]*\.?`, all of it.
  private static func isNumber(_ text: ScalarText) -> Bool {
    var rest = text.scalars[...]
    if rest.first == "-" { rest.removeFirst() }
    if rest.first == "." || rest.first == "," { rest.removeFirst() }
    guard let digit = rest.first, PythonScalar.isDigit(digit) else { return false }
    return rest.allSatisfy { PythonScalar.isDigit($0) || ",.-".unicodeScalars.contains($0) }
  }

  private static func isAbbreviation(_ word: ScalarText) -> Bool {
    let last = word.scalars.split(separator: "-", omittingEmptySubsequences: false).last ?? []
    return SentenceWords.abbreviations.contains(word.string)
      || SentenceWords.abbreviations.contains(ScalarText(last).string)
  }
}

extension SentenceToken {
  static func isEndMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "?" || scalar == "!"
  }

  /// Characters that no word holds.
  static func isNonWord(_ scalar: Unicode.Scalar) -> Bool {
    ")\";}]*:@'({[?!".unicodeScalars.contains(scalar)
  }

  private static func startsWord(_ scalar: Unicode.Scalar) -> Bool {
    !"(\"`{[:;&#*@)}]-,".unicodeScalars.contains(scalar)
  }

  /// Words, dashes, ellipses and single marks of one line; a full stop stays with its word.
  static func tokens(of line: ScalarText) -> [SentenceToken] {
    var tokens: [SentenceToken] = []
    var index = 0
    while index < line.count {
      guard !PythonScalar.isSpace(line.scalars[index]) else {
        index += 1
        continue
      }
      let end: Int
      if let run = longMark(line, at: index) {
        end = run
      } else if startsWord(line.scalars[index]) {
        end = wordEnd(line, from: index + 1)
      } else {
        end = index + 1
      }
      tokens.append(SentenceToken(line.slice(index..<end)))
      index = end
    }
    return tokens
  }

  private static func wordEnd(_ line: ScalarText, from start: Int) -> Int {
    var index = start
    while !endsWord(line, at: index), !(isComma(line, at: index) && endsWord(line, at: index + 1)) {
      index += 1
    }
    return index
  }

  private static func isComma(_ line: ScalarText, at index: Int) -> Bool {
    index < line.count && line.scalars[index] == ","
  }

  private static func endsWord(_ line: ScalarText, at index: Int) -> Bool {
    guard index < line.count else { return true }
    let scalar = line.scalars[index]
    return PythonScalar.isSpace(scalar) || isNonWord(scalar) || startsLongMark(line, at: index)
  }

  private static func startsLongMark(_ line: ScalarText, at index: Int) -> Bool {
    if line.has("--", at: index) || line.has("..", at: index) { return true }
    return isSpaced(line, at: index) && isSpaced(line, at: index + 2)
      && line.has(".", at: index + 4)
  }

  /// A full stop and a space.
  private static func isSpaced(_ line: ScalarText, at index: Int) -> Bool {
    line.has(".", at: index) && index + 1 < line.count
      && PythonScalar.isSpace(line.scalars[index + 1])
  }

  /// The end of a dash of several hyphens, of an ellipsis or of one with spaces.
  private static func longMark(_ line: ScalarText, at start: Int) -> Int? {
    guard startsLongMark(line, at: start) else { return nil }
    let mark = line.scalars[start]
    var index = start
    if line.scalars[start + 1] == mark {
      while index < line.count, line.scalars[index] == mark { index += 1 }
      return index
    }
    while isSpaced(line, at: index) { index += 2 }
    // The last full stop may lack the space behind it; else the mark ends before that space.
    return line.has(".", at: index) ? index + 1 : index - 1
  }
}
