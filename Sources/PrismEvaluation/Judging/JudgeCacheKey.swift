import Crypto
import Foundation

/// Names a reply by everything it depends on; equal keys mean interchangeable replies.
package struct JudgeCacheKey: Hashable, Sendable {
  /// SHA-256, 64 hexadecimal digits.
  package let text: String
  /// The hash's first eight bytes, to seed what is drawn for this request.
  package let seed: UInt64

  /// The fields' order counts. Lengths are hashed too, so that no two lists of fields look alike.
  package init(_ fields: [(name: String, value: String)]) {
    var hash = SHA256()
    for (name, value) in fields {
      hash.update(data: Data("\(name) \(value.utf8.count)\n".utf8))
      hash.update(data: Data(value.utf8))
    }
    let digest = Array(hash.finalize())
    text = digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
    seed = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package static func isKey(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
