import Crypto
import Foundation

/// The keys that clients may show. Only their SHA-256 digests are kept.
package struct KeyRing: Sendable {
  private let digests: [SHA256Digest]

  package var isEmpty: Bool { digests.isEmpty }

  package init(_ keys: [String]) {
    digests = keys.map { SHA256.hash(data: Data($0.utf8)) }
  }

  /// Keys of a file, one a line; blank lines and lines that begin with `#` do not count.
  package static func keys(ofLines text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }

  /// Whether a header such as `Bearer KEY` shows one of the keys. Takes the same time for every key
  /// of the same length: digests compare in constant time, and all are compared.
  func accepts(_ header: String?) -> Bool {
    guard let header, header.lowercased().hasPrefix("bearer ") else { return false }
    let shown = SHA256.hash(
      data: Data(header.dropFirst(7).trimmingCharacters(in: .whitespaces).utf8))
    return digests.reduce(false) { found, digest in
      let equals = digest == shown
      return found || equals
    }
  }
}
