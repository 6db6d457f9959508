import NIOCore
import PrismModel

/// Reads the members of a JSON object from a stranger; every refusal names the member.
struct RequestFields {
  private let members: [String: JSONNode]
  /// What stands before a member's name, such as `messages[0].`.
  private let prefix: String

  /// Throws `APIError` 400 unless `body` is one JSON object.
  init(_ body: ByteBuffer) throws {
    let node: JSONNode
    do {
      node = try body.withUnsafeReadableBytes { try JSONReader.parse($0, path: "the body") }
    } catch ModelError.malformed(_, let at, let expected, let found) {
      throw APIError.invalid(
        nil,
        "The body is no JSON that can be used: at \(at) \(expected) is expected, found \(found).",
        code: "invalid_json")
    }
    guard case .object(let members) = node else {
      throw APIError.invalid(nil, "The body must be a JSON object, not \(node.kind).")
    }
    self.members = members
    prefix = ""
  }

  /// Throws `APIError` 400 unless `node` is an object. `name` is its place in the body.
  init(_ node: JSONNode, name: String) throws {
    guard case .object(let members) = node else {
      throw APIError.invalid(name, "\(name) must be an object, not \(node.kind).")
    }
    self.members = members
    prefix = name + "."
  }

  func path(_ name: String) -> String { prefix + name }

  /// The member; nil where it is missing or null.
  func node(_ name: String) -> JSONNode? {
    members[name].flatMap { $0 == .null ? nil : $0 }
  }

  func refusal(_ name: String, _ found: JSONNode, _ expected: String) -> APIError {
    .invalid(path(name), "\(path(name)) must be \(expected), not \(found.kind).")
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    guard let node = node(name) else { return nil }
    guard let value = node.double, range.contains(value) else {
      throw refusal(
        name, node, "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
      )
    }
    return value
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let node = node(name) else { return nil }
    guard let value = node.double.flatMap({ _ in Self.whole(node) }), range.contains(value) else {
      throw refusal(
        name, node, "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Any integer. Those beyond 64 bits are seeds too, equal where they round to the same number.
  func seed(_ name: String) throws -> UInt64? {
    guard let node = node(name) else { return nil }
    if let value = Self.whole(node) { return UInt64(bitPattern: Int64(value)) }
    guard let value = node.double, value.isFinite, value == value.rounded() else {
      throw refusal(name, node, "an integer")
    }
    return value.bitPattern
  }

  /// JSON has one kind of number: 5.0 is the integer 5. Beyond 2^53 only digits say which integer is
  /// meant, so that none is rounded into the range.
  private static func whole(_ node: JSONNode) -> Int? {
    node.integer ?? node.double.flatMap { abs($0) <= 0x1p53 ? Int(exactly: $0) : nil }
  }

  private static func text(_ bound: Double) -> String {
    Int(exactly: bound).map(String.init) ?? "\(bound)"
  }

  func flag(_ name: String) throws -> Bool? {
    guard let node = node(name) else { return nil }
    guard let value = node.boolean else { throw refusal(name, node, "true or false") }
    return value
  }

  func text(_ name: String) throws -> String? {
    guard let node = node(name) else { return nil }
    guard let value = node.text else { throw refusal(name, node, "a string") }
    return value
  }

  func list(_ name: String) throws -> [JSONNode]? {
    guard let node = node(name) else { return nil }
    guard let value = node.entries else { throw refusal(name, node, "an array") }
    return value
  }

  func object(_ name: String) throws -> RequestFields? {
    guard let node = node(name) else { return nil }
    return try RequestFields(node, name: path(name))
  }

  /// A string, or an array of up to `limit` strings.
  func texts(_ name: String, limit: Int) throws -> [String]? {
    guard let node = node(name) else { return nil }
    if let text = node.text { return [text] }
    guard let entries = node.entries, entries.count <= limit else {
      throw refusal(name, node, "a string or an array of at most \(limit) strings")
    }
    return try entries.enumerated().map { index, entry in
      guard let text = entry.text else { throw refusal("\(name)[\(index)]", entry, "a string") }
      return text
    }
  }

  /// Throws unless the member is missing, null or one of the values that change nothing.
  func refuse(_ name: String, unless harmless: JSONNode..., because reason: String) throws {
    guard let node = node(name), !harmless.contains(node) else { return }
    throw APIError.invalid(
      path(name), "\(path(name)) is \(node.kind), which this server cannot do: \(reason).",
      code: "unsupported_value")
  }
}
