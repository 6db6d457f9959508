/// Whether Python's `json.loads` would read a text: RFC 8259 plus `NaN`, `Infinity` and `-Infinity`.
///
/// A recogniser of its own, because Foundation's reader refuses those, and neither depth nor length of
/// what a model wrote may cost more than one pass.
struct JSONGrammar {
  private let text: [Unicode.Scalar]
  private var index = 0

  static func accepts(_ text: [Unicode.Scalar]) -> Bool {
    var grammar = JSONGrammar(text: text)
    return grammar.readDocument()
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

  /// An open array or object waits for its end on the stack, so nothing recurses.
  private mutating func readDocument() -> Bool {
    var open: [Unicode.Scalar] = []
    while true {
      skipSpace()
      if next == "[" || next == "{" {
        let close: Unicode.Scalar = next == "[" ? "]" : "}"
        index += 1
        skipSpace()
        if next != close {
          open.append(close)
          if close == "}", !readKey() { return false }
          continue
        }
        index += 1
      } else if !readScalarValue() {
        return false
      }
      // A value is complete; close what it completes.
      skipSpace()
      while let close = open.last, next == close {
        open.removeLast()
        index += 1
        skipSpace()
      }
      guard let close = open.last else { return next == nil }
      guard take(",") else { return false }
      if close == "}", !readKey() { return false }
    }
  }

  private mutating func readKey() -> Bool {
    skipSpace()
    guard readString() else { return false }
    skipSpace()
    return take(":")
  }

  private mutating func readScalarValue() -> Bool {
    switch next {
    case "\"": readString()
    case "t": take("true")
    case "f": take("false")
    case "n": take("null")
    case "N": take("NaN")
    case "I": take("Infinity")
    default: take("-Infinity") || readNumber()
    }
  }

  private mutating func readString() -> Bool {
    guard take("\"") else { return false }
    while let scalar = next {
      index += 1
      switch scalar {
      case "\"": return true
      case "\\": if !readEscape() { return false }
      case _ where scalar.value < 0x20: return false
      default: break
      }
    }
    return false
  }

  private mutating func readEscape() -> Bool {
    guard let scalar = next else { return false }
    index += 1
    if scalar != "u" { return "\"\\/bfnrt".unicodeScalars.contains(scalar) }
    for _ in 0..<4 {
      guard let digit = next, digit.isASCII, digit.properties.isASCIIHexDigit else { return false }
      index += 1
    }
    return true
  }

  private mutating func readNumber() -> Bool {
    _ = take("-")
    if !take("0"), !readDigits() { return false }
    // A fraction or exponent without digits is no part of the number, and then nothing may follow.
    let whole = index
    if take("."), !readDigits() { index = whole }
    let fraction = index
    if take("e") || take("E") {
      _ = take("+") || take("-")
      if !readDigits() { index = fraction }
    }
    return true
  }

  private mutating func readDigits() -> Bool {
    let start = index
    while let scalar = next, ("0"..."9").contains(scalar) { index += 1 }
    return index > start
  }

  private mutating func take(_ word: String) -> Bool {
    guard text[index...].starts(with: word.unicodeScalars) else { return false }
    index += word.unicodeScalars.count
    return true
  }

  private mutating func skipSpace() {
    while let scalar = next, " \t\n\r".unicodeScalars.contains(scalar) { index += 1 }
  }
}
