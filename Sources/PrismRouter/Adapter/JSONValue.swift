/// Any JSON value: adapter configurations of other programs carry keys of every kind.
package enum JSONValue: Codable, Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Whether a switch of this value is off: absent, false, zero or empty.
  package var isOff: Bool {
    switch self {
    case .null, .bool(false), .number(0), .string(""), .array([]), .object([:]): true
    default: false
    }
  }

  /// The whole number in a `.number`.
  package var integer: Int? {
    if case .number(let value) = self { Int(exactly: value) } else { nil }
  }

  /// As it reads in an error message, shortened.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): integer.map { "\($0)" } ?? "\(value)"
    case .string(let value): "\"\(value.prefix(40))\""
    case .array(let values):
      "[" + values.prefix(8).map(\.summary).joined(separator: ", ")
        + (values.count > 8 ? ", ...]" : "]")
    case .object(let values): "an object of \(values.count) keys"
    }
  }
}
