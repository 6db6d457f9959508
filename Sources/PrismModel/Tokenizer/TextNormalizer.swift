import Foundation

/// What happens to text before it is cut into pieces.
struct TextNormalizer: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    /// Canonical composition.
    case nfc
    /// Put before every non-empty text.
    case prepend([UInt8])
    /// Every occurrence, from left to right.
    case replace([UInt8], with: [UInt8])
  }

  var steps: [Step] = []

  /// Stable text for the fingerprint.
  var summary: String {
    steps.map { step in
      switch step {
      case .nfc: "NFC"
      case .prepend(let bytes): "prepend \(bytes)"
      case .replace(let old, let new): "replace \(old) with \(new)"
      }
    }.joined(separator: ", ")
  }

  func apply(to bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result = Array(bytes)
    for step in steps {
      switch step {
      case .nfc: result = composed(result)
      case .prepend(let prefix): if !result.isEmpty { result = prefix + result }
      case .replace(let old, let new): result = Self.replacing(old, with: new, in: result)
      }
    }
    return result
  }

  /// NFC. Text without bytes from 0xCC up has no scalar above U+02FF and is composed already.
  private func composed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0xCC }) else { return bytes }
    return Array(String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
  }

  static func replacing(_ old: [UInt8], with new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard let first = old.first, bytes.count >= old.count else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == first, bytes[index...].starts(with: old) {
        result.append(contentsOf: new)
        index += old.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}
