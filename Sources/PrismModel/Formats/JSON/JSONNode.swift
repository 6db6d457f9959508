/// A parsed JSON value.
package enum JSONNode: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits `Int`.
  case integer(Int)
  /// Any other number; always finite.
  case number(Double)
  case string(String)
  case array([JSONNode])
  case object([String: JSONNode])

  /// The member of an object; nil for other values, missing members and `null`.
  package subscript(_ key: String) -> JSONNode? {
    guard case .object(let members) = self, let member = members[key], member != .null else {
      return nil
    }
    return member
  }

  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  package var boolean: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var text: String? { if case .string(let value) = self { value } else { nil } }
  package var entries: [JSONNode]? { if case .array(let value) = self { value } else { nil } }
  package var members: [String: JSONNode]? {
    if case .object(let value) = self { value } else { nil }
  }

  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// What the value is, in words, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "the string \"\(value.prefix(40))\""
    case .array: "an array"
    case .object: "an object"
    }
  }
}
