/// A strict JSON parser for files from strangers: nesting is bounded, a key occurs once in its
/// object, numbers are finite, and every error names its byte.
package struct JSONReader {
  private static let deepestNesting = 64
  private static let longestNumber = 1000

  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var offset = 0

  /// Throws `ModelError.malformed`. `path` is for messages only.
  package static func parse(_ bytes: UnsafeRawBufferPointer, path: String) throws -> JSONNode {
    var reader = JSONReader(bytes: bytes, path: path)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.offset = 3 }
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.peek != nil { throw reader.error("nothing after the value") }
    return value
  }

  /// The whole file, which may have at most `byteLimit` bytes.
  package static func parse(path: String, byteLimit: Int) throws -> JSONNode {
    let file = try MappedFile(path: path)
    guard file.count <= byteLimit else {
      throw ModelError.malformed(
        path: path, at: "its size", expected: "at most \(byteLimit) bytes of JSON",
        found: "\(file.count)")
    }
    return try withExtendedLifetime(file) { try parse(file.bytes, path: path) }
  }

  private init(bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private func error(_ expected: String) -> ModelError {
    let found: String
    if let byte = peek {
      found = 0x21...0x7E ~= byte ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
    } else {
      found = "the end"
    }
    return .malformed(path: path, at: "JSON byte \(offset)", expected: expected, found: found)
  }

  private mutating func value(depth: Int) throws -> JSONNode {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      guard depth < Self.deepestNesting else {
        throw error("at most \(Self.deepestNesting) levels")
      }
      return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["):
      guard depth < Self.deepestNesting else {
        throw error("at most \(Self.deepestNesting) levels")
      }
      return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte: return try number()
    default: throw error("a JSON value")
    }
  }

  private mutating func word(_ word: StaticString, _ node: JSONNode) throws -> JSONNode {
    let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes.count - offset >= expected.count,
      bytes[offset..<offset + expected.count].elementsEqual(expected)
    else { throw error("\(word)") }
    offset += expected.count
    return node
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    skipSpace()
    guard peek == UInt8(ascii: character) else { throw error("\"\(character)\"") }
    offset += 1
  }

  /// Passes `character` if it comes next.
  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func object(depth: Int) throws -> [String: JSONNode] {
    try expect("{")
    var members: [String: JSONNode] = [:]
    if accept("}") { return members }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("a key") }
      let start = offset
      let key = try string()
      guard members[key] == nil else {
        throw ModelError.malformed(
          path: path, at: "JSON byte \(start)", expected: "each key once",
          found: "\"\(key.prefix(80))\" twice")
      }
      try expect(":")
      members[key] = try value(depth: depth)
    } while accept(",")
    try expect("}")
    return members
  }

  private mutating func array(depth: Int) throws -> [JSONNode] {
    try expect("[")
    var entries: [JSONNode] = []
    if accept("]") { return entries }
    repeat { entries.append(try value(depth: depth)) } while accept(",")
    try expect("]")
    return entries
  }

  private mutating func digits() throws {
    guard let byte = peek, 0x30...0x39 ~= byte else { throw error("a digit") }
    while let byte = peek, 0x30...0x39 ~= byte { offset += 1 }
  }

  private mutating func number() throws -> JSONNode {
    let start = offset
    if peek == UInt8(ascii: "-") { offset += 1 }
    if peek == UInt8(ascii: "0") { offset += 1 } else { try digits() }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      try digits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      offset += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<offset].prefix(Self.longestNumber), as: UTF8.self)
    if isInteger, offset - start <= Self.longestNumber, let value = Int(text) {
      return .integer(value)
    }
    guard offset - start <= Self.longestNumber, let value = Double(text), value.isFinite else {
      throw ModelError.malformed(
        path: path, at: "JSON byte \(start)", expected: "a number within range",
        found: "\(text.prefix(40))")
    }
    return .number(value)
  }

  private mutating func string() throws -> String {
    offset += 1
    let start = offset
    var scratch: [UInt8] = []
    var copied = start
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("no bare control character in a string") }
      if byte == UInt8(ascii: "\\") {
        scratch.append(contentsOf: bytes[copied..<offset])
        try appendEscape(to: &scratch)
        copied = offset
      } else {
        offset += 1
      }
    }
    guard peek != nil else { throw error("the end of a string") }
    scratch.append(contentsOf: bytes[copied..<offset])
    guard let text = String(validating: scratch, as: UTF8.self) else {
      throw ModelError.malformed(
        path: path, at: "JSON byte \(start)", expected: "UTF-8 text", found: "other bytes")
    }
    offset += 1
    return text
  }

  private mutating func appendEscape(to scratch: inout [UInt8]) throws {
    offset += 1
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D,
      0x74: 0x09,
    ]
    if let byte = peek, let meaning = plain[byte] {
      scratch.append(meaning)
      offset += 1
      return
    }
    guard peek == UInt8(ascii: "u") else { throw error("an escape") }
    var code = try hexUnit()
    if 0xD800...0xDBFF ~= code {
      guard peek == UInt8(ascii: "\\"), offset + 1 < bytes.count,
        bytes[offset + 1] == UInt8(ascii: "u")
      else { throw error("the second half of a surrogate pair") }
      offset += 1
      let low = try hexUnit()
      guard 0xDC00...0xDFFF ~= low else { throw error("the second half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("a surrogate pair") }
    scratch.append(contentsOf: Array(String(scalar).utf8))
  }

  /// The four digits after `u`.
  private mutating func hexUnit() throws -> UInt32 {
    offset += 1
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw error("a hexadecimal digit") }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }
}
