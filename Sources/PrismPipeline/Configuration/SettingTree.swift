import Foundation

/// A configuration as plain data, between YAML text and typed settings.
indirect enum SettingTree: Hashable, Sendable, Codable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case list([SettingTree])
  case map([String: SettingTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([SettingTree].self) {
      self = .list(value)
    } else {
      self = .map(try container.decode([String: SettingTree].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .map(let value): try container.encode(value)
    }
  }

  init(_ value: some Encodable) throws {
    self = try JSONDecoder().decode(SettingTree.self, from: CanonicalJSON.data(value))
  }

  /// Typed settings from this tree. Throws `DecodingError` with the path of the first mismatch.
  func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: CanonicalJSON.data(self))
  }

  /// The tree with the value at `path` replaced; unchanged where the path does not exist.
  func replacing(_ path: ArraySlice<String>, with value: SettingTree) -> SettingTree {
    guard let key = path.first else { return value }
    guard case .map(var entries) = self, let old = entries[key] else { return self }
    entries[key] = old.replacing(path.dropFirst(), with: value)
    return .map(entries)
  }

  /// The value at `path`, if it is there.
  func value(at path: ArraySlice<String>) -> SettingTree? {
    guard let key = path.first else { return self }
    guard case .map(let entries) = self else { return nil }
    return entries[key]?.value(at: path.dropFirst())
  }

  /// Every leaf under its dotted path, as canonical JSON text.
  func leaves(under path: String = "") throws -> [String: String] {
    guard case .map(let entries) = self else {
      return [path: String(decoding: try CanonicalJSON.data(self), as: UTF8.self)]
    }
    var found: [String: String] = [:]
    for (key, value) in entries {
      let below = try value.leaves(under: path.isEmpty ? key : path + "." + key)
      found.merge(below) { first, _ in first }
    }
    return found
  }
}
