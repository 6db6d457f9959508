/// Reads the values of a GGUF file's metadata. Type numbers are those of the format.
struct GGUFMetadataReader {
  private static let deepestNesting = 8

  /// One value of the type whose number stands before it.
  static func value(_ cursor: inout ByteCursor, key: String) throws -> MetadataValue {
    let type = try cursor.integer(UInt32.self, "type of \(key)")
    return try value(&cursor, type: type, key: key, depth: 0)
  }

  private static func value(
    _ cursor: inout ByteCursor, type: UInt32, key: String, depth: Int
  ) throws -> MetadataValue {
    switch type {
    case 0: .uint(UInt64(try cursor.integer(UInt8.self, key)))
    case 1: .int(Int64(try cursor.integer(Int8.self, key)))
    case 2: .uint(UInt64(try cursor.integer(UInt16.self, key)))
    case 3: .int(Int64(try cursor.integer(Int16.self, key)))
    case 4: .uint(UInt64(try cursor.integer(UInt32.self, key)))
    case 5: .int(Int64(try cursor.integer(Int32.self, key)))
    case 6: .float(Double(Float(bitPattern: try cursor.integer(UInt32.self, key))))
    case 7: .bool(try boolean(&cursor, key: key))
    case 8: .string(try cursor.string(key))
    case 9: try array(&cursor, key: key, depth: depth)
    case 10: .uint(try cursor.integer(UInt64.self, key))
    case 11: .int(try cursor.integer(Int64.self, key))
    case 12: .float(Double(bitPattern: try cursor.integer(UInt64.self, key)))
    default: throw unknownType(type, key: key, cursor)
    }
  }

  private static func array(
    _ cursor: inout ByteCursor, key: String, depth: Int
  ) throws -> MetadataValue {
    guard depth < deepestNesting else {
      throw ModelError.malformed(
        path: cursor.file.path, at: key, expected: "arrays nested at most \(deepestNesting) deep",
        found: "deeper ones")
    }
    let type = try cursor.integer(UInt32.self, "entry type of \(key)")
    guard let entryBytes = smallestEntry[type] else { throw unknownType(type, key: key, cursor) }
    let count = try cursor.count(ofItemsTaking: entryBytes, "number of entries of \(key)")
    switch type {
    case 0: return .ints(try integers(&cursor, UInt8.self, count, key))
    case 1: return .ints(try integers(&cursor, Int8.self, count, key))
    case 2: return .ints(try integers(&cursor, UInt16.self, count, key))
    case 3: return .ints(try integers(&cursor, Int16.self, count, key))
    case 4: return .ints(try integers(&cursor, UInt32.self, count, key))
    case 5: return .ints(try integers(&cursor, Int32.self, count, key))
    case 6:
      return .floats(
        try (0..<count).map { _ in Float(bitPattern: try cursor.integer(UInt32.self, key)) })
    case 8:
      return .strings(try (0..<count).map { [UInt8](try cursor.bytes("entry \($0) of \(key)")) })
    case 10: return wide(try (0..<count).map { _ in try cursor.integer(UInt64.self, key) })
    case 11: return .ints(try integers(&cursor, Int64.self, count, key))
    case 12:
      return .floats(
        try (0..<count).map { _ in Float(Double(bitPattern: try cursor.integer(UInt64.self, key))) }
      )
    default:
      return .array(
        try (0..<count).map { _ in try value(&cursor, type: type, key: key, depth: depth + 1) })
    }
  }

  /// Fewest bytes an entry of each type takes.
  private static let smallestEntry: [UInt32: Int] = [
    0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 8: 8, 9: 12, 10: 8, 11: 8, 12: 8,
  ]

  private static func integers<T: FixedWidthInteger>(
    _ cursor: inout ByteCursor, _ type: T.Type, _ count: Int, _ key: String
  ) throws -> [Int64] {
    try (0..<count).map { _ in Int64(try cursor.integer(type, key)) }
  }

  private static func wide(_ values: [UInt64]) -> MetadataValue {
    let signed = values.compactMap(Int64.init(exactly:))
    return signed.count == values.count ? .ints(signed) : .array(values.map { .uint($0) })
  }

  private static func boolean(_ cursor: inout ByteCursor, key: String) throws -> Bool {
    let byte = try cursor.integer(UInt8.self, key)
    guard byte <= 1 else {
      throw ModelError.malformed(
        path: cursor.file.path, at: key, expected: "a boolean, 0 or 1", found: "\(byte)")
    }
    return byte == 1
  }

  private static func unknownType(_ type: UInt32, key: String, _ cursor: ByteCursor) -> ModelError {
    .malformed(
      path: cursor.file.path, at: "type of \(key)", expected: "a metadata type from 0 to 12",
      found: "\(type)")
  }
}
