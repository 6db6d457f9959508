import Foundation

/// One argument of an instruction, kept as JSON has it.
enum InstructionArgument: Codable, Hashable {
  case missing
  case flag(Bool)
  case count(Int)
  case number(Double)
  case text(String)
  case list([InstructionArgument])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // A type that does not fit is no error: the next one is tried, and the last one throws.
    if container.decodeNil() {
      self = .missing
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .count(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .list(try container.decode([InstructionArgument].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .missing: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .count(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    }
  }

  /// The arguments as a JSON object with sorted keys. Nulls are left out: some copies of the data
  /// list every argument with every instruction and set the others to null.
  static func text(of arguments: [String: InstructionArgument]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(
      decoding: try encoder.encode(arguments.filter { $1 != .missing }), as: UTF8.self)
  }
}
