/// One metadata value of a GGUF file.
///
/// Integers of every width become `uint` or `int`. Arrays of numbers and strings, which may have
/// hundreds of thousands of entries, have compact cases of their own.
package enum MetadataValue: Sendable, Equatable {
  case uint(UInt64)
  case int(Int64)
  case float(Double)
  case bool(Bool)
  case string(String)
  /// Array of booleans, of arrays, or of 64-bit integers beyond `Int64`.
  case array([MetadataValue])
  /// Array of strings, as bytes: vocabulary entries need not be valid UTF-8.
  case strings([[UInt8]])
  /// Array of fp32 or fp64 numbers.
  case floats([Float])
  /// Array of integers of any width.
  case ints([Int64])

  /// The value when it is an integer that fits `Int`.
  package var integer: Int? {
    switch self {
    case .uint(let value): Int(exactly: value)
    case .int(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The value when it is a number of any kind.
  package var number: Double? {
    switch self {
    case .uint(let value): Double(value)
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  package var boolean: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var text: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// Number of entries of an array; nil for a single value.
  package var entryCount: Int? {
    switch self {
    case .array(let values): values.count
    case .strings(let values): values.count
    case .floats(let values): values.count
    case .ints(let values): values.count
    case .uint, .int, .float, .bool, .string: nil
    }
  }

  /// What the value is, in words, for messages.
  package var kind: String {
    switch self {
    case .uint, .int: "an integer"
    case .float: "a number"
    case .bool: "a boolean"
    case .string: "a string"
    case .array, .strings, .floats, .ints: "an array of \(entryCount ?? 0)"
    }
  }
}
