/// Reads the numbers and strings of template expressions as Python spells them.
enum TemplateLiteralReader {
  /// Integer or float from `index`, which is moved behind it. Throws on integers beyond 64 bits.
  static func number(
    in source: Scalars, at index: inout Int, position: SourcePosition
  ) throws -> TemplateToken.Kind {
    let start = index
    if source[index] == "0", index + 1 < source.count {
      let radix: Int? =
        switch source[index + 1] {
        case "x", "X": 16
        case "o", "O": 8
        case "b", "B": 2
        default: nil
        }
      if let radix {
        index += 2
        let digits = takeDigits(in: source, at: &index, radix: radix)
        guard let value = Int(digits, radix: radix) else {
          throw position.failure("this number is not a 64-bit integer")
        }
        return .integer(value)
      }
    }
    var text = takeDigits(in: source, at: &index, radix: 10)
    let afterDot = start > 0 && source[start - 1] == "."
    var isFloat = false
    if !afterDot {
      if index + 1 < source.count, source[index] == ".", source[index + 1].isDigit {
        index += 1
        text += "." + takeDigits(in: source, at: &index, radix: 10)
        isFloat = true
      }
      if index < source.count, source[index] == "e" || source[index] == "E" {
        var next = index + 1
        var sign = ""
        if next < source.count, source[next] == "+" || source[next] == "-" {
          sign = String(source[next])
          next += 1
        }
        if next < source.count, source[next].isDigit {
          index = next
          text += "e" + sign + takeDigits(in: source, at: &index, radix: 10)
          isFloat = true
        }
      }
    }
    if isFloat, let value = Double(text) { return .float(value) }
    if text.count > 1, text.hasPrefix("0"), text.contains(where: { $0 != "0" }) {
      throw position.failure("a number must not begin with 0")
    }
    guard let value = Int(text) else {
      throw position.failure("this number is not a 64-bit integer")
    }
    return .integer(value)
  }

  private static func takeDigits(in source: Scalars, at index: inout Int, radix: Int) -> String {
    var digits = ""
    while index < source.count {
      let next = source[index]
      if next == "_", index + 1 < source.count, Int(String(source[index + 1]), radix: radix) != nil
      {
        index += 1
        continue
      }
      guard next.isASCII, next.properties.isAlphabetic || next.isDigit,
        Int(String(next), radix: radix) != nil
      else { break }
      digits.unicodeScalars.append(next)
      index += 1
    }
    return digits
  }

  /// Quoted string from `index`, which is moved behind it, escapes resolved.
  static func string(
    in source: Scalars, at index: inout Int, position: SourcePosition
  ) throws -> Scalars {
    let quote = source[index]
    index += 1
    var result = Scalars()
    while index < source.count {
      let next = source[index]
      index += 1
      if next == quote { return result }
      if next == "\\" {
        try escape(in: source, at: &index, position: position, into: &result)
      } else {
        result.append(next)
      }
    }
    throw position.failure("this string is never closed")
  }

  private static func escape(
    in source: Scalars, at index: inout Int, position: SourcePosition, into result: inout Scalars
  ) throws {
    guard index < source.count else { return }
    let next = source[index]
    index += 1
    switch next {
    case "\n": break
    case "\\", "'", "\"": result.append(next)
    case "a": result.append("\u{07}")
    case "b": result.append("\u{08}")
    case "f": result.append("\u{0C}")
    case "n": result.append("\n")
    case "r": result.append("\r")
    case "t": result.append("\t")
    case "v": result.append("\u{0B}")
    case "0"..."7":
      index -= 1
      result.append(try hex(in: source, at: &index, upTo: 3, exact: false, radix: 8, position))
    case "x": result.append(try hex(in: source, at: &index, upTo: 2, position))
    case "u": result.append(try hex(in: source, at: &index, upTo: 4, position))
    case "U": result.append(try hex(in: source, at: &index, upTo: 8, position))
    case "N": throw position.failure("named characters (\\N) are not supported")
    default:
      result.append("\\")
      // Jinja passes strings through ASCII, so a backslash before another letter leaves its escape.
      if next.isASCII {
        result.append(next)
      } else {
        let digits = String(next.value, radix: 16)
        let (mark, width) = next.value < 256 ? ("x", 2) : next.value < 65536 ? ("u", 4) : ("U", 8)
        let padding = String(repeating: "0", count: max(0, width - digits.count))
        result.append(contentsOf: (mark + padding + digits).unicodeScalars)
      }
    }
  }

  private static func hex(
    in source: Scalars, at index: inout Int, upTo limit: Int, exact: Bool = true, radix: Int = 16,
    _ position: SourcePosition
  ) throws -> Unicode.Scalar {
    var digits = ""
    while digits.count < limit, index < source.count, source[index].isASCII,
      Int(String(source[index]), radix: radix) != nil
    {
      digits.unicodeScalars.append(source[index])
      index += 1
    }
    guard !exact || digits.count == limit, let value = UInt32(digits, radix: radix),
      let scalar = Unicode.Scalar(value)
    else { throw position.failure("this string has a broken \\ escape") }
    return scalar
  }
}
