import NIOCore
import PrismModel

/// Replaces values of a JSON object's own members and leaves every other byte as it came: numbers,
/// unknown members, their order and the white space.
struct MemberSplice {
  private let bytes: [UInt8]
  private var values: [String: Range<Int>] = [:]
  /// Just behind the object's brace.
  private var start = 0

  /// - Parameter body: one object that `JSONReader` has accepted; what it has not, comes out as it is.
  /// - Throws: `ModelError` for a member's name that is no string.
  init(_ body: ByteBuffer) throws {
    bytes = Array(body.readableBytesView)
    var depth = 0
    var index = 0
    var key: Range<Int>?
    var valueStart = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfString(index)
        if depth == 1, key == nil { key = index..<end }
        index = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth == 1 { start = index + 1 }
      case UInt8(ascii: ":") where depth == 1: valueStart = index + 1
      case UInt8(ascii: ",") where depth == 1:
        try add(key, valueStart..<index)
        key = nil
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { try add(key, valueStart..<index) }
      default: break
      }
      index += 1
    }
  }

  /// The body with other values, in JSON, for some members; those that it lacks come first.
  func replacing(_ changes: [(name: String, json: [UInt8])]) -> ByteBuffer {
    var pieces: [(range: Range<Int>, text: [UInt8])] = []
    for change in changes {
      if let range = values[change.name] {
        pieces.append((range, change.json))
      } else {
        let name = Array("\"\(change.name)\":".utf8)
        pieces.append((start..<start, name + change.json + (values.isEmpty ? [] : [0x2C])))
      }
    }
    var result = ByteBuffer()
    var done = 0
    for piece in pieces.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      result.writeBytes(bytes[done..<piece.range.lowerBound])
      result.writeBytes(piece.text)
      done = piece.range.upperBound
    }
    result.writeBytes(bytes[done...])
    return result
  }

  private mutating func add(_ key: Range<Int>?, _ value: Range<Int>) throws {
    guard let key, !value.isEmpty else { return }
    let name = try bytes[key].withUnsafeBytes { try JSONReader.parse($0, path: "a member's name") }
    guard let name = name.text else { return }
    var value = value
    let space: Set<UInt8> = [0x20, 0x0A, 0x0D, 0x09]
    while !value.isEmpty, space.contains(bytes[value.lowerBound]) { value.removeFirst() }
    while !value.isEmpty, space.contains(bytes[value.upperBound - 1]) { value.removeLast() }
    values[name] = value
  }

  /// Just behind the quotation mark that ends the string beginning at `index`.
  private func endOfString(_ index: Int) -> Int {
    var index = index + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }
}
