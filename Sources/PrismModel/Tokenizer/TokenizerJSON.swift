/// JSON as tokenizer files need it: text is bytes and members keep their order, because a vocabulary
/// may hold two keys that are canonically equivalent, which no dictionary of strings can.
enum TokenizerJSON {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number that is no `Int`.
  case number
  case string([UInt8])
  case array([TokenizerJSON])
  case object([(key: [UInt8], value: TokenizerJSON)])

  /// The first member of that name; nil for other values, absent members and null.
  subscript(name: String) -> TokenizerJSON? {
    guard case .object(let members) = self,
      let value = members.first(where: { $0.key.elementsEqual(name.utf8) })?.value
    else { return nil }
    if case .null = value { return nil }
    return value
  }

  var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
  var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var elements: [TokenizerJSON]? { if case .array(let values) = self { values } else { nil } }

  /// What the value is, in words, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number: "a number that is no integer"
    case .string(let bytes): "\"\(String(decoding: bytes.prefix(80), as: UTF8.self))\""
    case .array(let values): "an array of \(values.count)"
    case .object: "an object"
    }
  }
}
