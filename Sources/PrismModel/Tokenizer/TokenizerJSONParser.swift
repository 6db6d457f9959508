/// A strict parser with bounded nesting. Text in `\u` escapes must be Unicode scalars.
struct TokenizerJSONParser {
  private static let deepestNesting = 64

  private let input: [UInt8]
  private let path: String
  private var index = 0

  static func parse(_ input: [UInt8], path: String) throws -> TokenizerJSON {
    var parser = TokenizerJSONParser(input: input, path: path)
    if input.starts(with: [0xEF, 0xBB, 0xBF]) { parser.index = 3 }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.peek == nil else { throw parser.error("nothing after the value") }
    return value
  }

  private init(input: [UInt8], path: String) {
    self.input = input
    self.path = path
  }

  private var peek: UInt8? { index < input.count ? input[index] : nil }

  private func error(_ expected: String) -> ModelError {
    .malformed(
      path: path, at: "byte \(index)", expected: expected,
      found: peek.map { $0 > 0x20 && $0 < 0x7F ? "\"\(Character(Unicode.Scalar($0)))\"" : "byte \($0)" }
        ?? "the end")
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  /// Passes `byte` if it comes next after white space.
  private mutating func accept(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws -> TokenizerJSON {
    guard depth < Self.deepestNesting else { throw error("at most \(Self.deepestNesting) levels") }
    if accept("{") { return .object(try members(depth: depth + 1)) }
    if accept("[") { return .array(try elements(depth: depth + 1)) }
    switch peek {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func members(depth: Int) throws -> [(key: [UInt8], value: TokenizerJSON)] {
    var members: [(key: [UInt8], value: TokenizerJSON)] = []
    if accept("}") { return members }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("a key") }
      let key = try string()
      guard accept(":") else { throw error("\":\"") }
      members.append((key, try value(depth: depth)))
    } while accept(",")
    guard accept("}") else { throw error("\",\" or \"}\"") }
    return members
  }

  private mutating func elements(depth: Int) throws -> [TokenizerJSON] {
    var elements: [TokenizerJSON] = []
    if accept("]") { return elements }
    repeat { elements.append(try value(depth: depth)) } while accept(",")
    guard accept("]") else { throw error("\",\" or \"]\"") }
    return elements
  }

  private mutating func word(_ word: String, _ value: TokenizerJSON) throws -> TokenizerJSON {
    guard input[index...].starts(with: word.utf8) else { throw error(word) }
    index += word.utf8.count
    return value
  }

  private mutating func number() throws -> TokenizerJSON {
    let start = index
    let characters = Array("+-.eE0123456789".utf8)
    while let byte = peek, characters.contains(byte) { index += 1 }
    let text = String(decoding: input[start..<index].prefix(400), as: UTF8.self)
    if let value = Int(text), text.first != "+" { return .integer(value) }
    guard index - start <= 400, text.first != "+", Double(text) != nil else {
      index = start
      throw error("a JSON value")
    }
    return .number
  }

  /// A string whose opening quote is next.
  private mutating func string() throws -> [UInt8] {
    index += 1
    var bytes: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("no bare control character in a string") }
      index += 1
      if byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: try escape())
      } else {
        bytes.append(byte)
      }
    }
    guard peek != nil else { throw error("the end of a string") }
    index += 1
    guard String(validating: bytes, as: UTF8.self) != nil else { throw error("UTF-8 in a string") }
    return bytes
  }

  private mutating func escape() throws -> [UInt8] {
    guard let byte = peek else { throw error("an escape") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try escapedScalar()
    default:
      index -= 1
      throw error("an escape")
    }
  }

  private mutating func escapedScalar() throws -> [UInt8] {
    var code = try hexadecimal()
    if (0xD800...0xDBFF).contains(code) {
      guard input[index...].starts(with: Array("\\u".utf8)) else { throw error("a low surrogate") }
      index += 2
      let low = try hexadecimal()
      guard (0xDC00...0xDFFF).contains(low) else { throw error("a low surrogate") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else {
      throw error("a Unicode scalar")
    }
    return Array(encoded)
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, byte < 0x80,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw error("a hexadecimal digit") }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }
}
