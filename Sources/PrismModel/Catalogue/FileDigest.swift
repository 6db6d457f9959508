import Crypto
import Foundation

/// SHA-256 of a file's bytes, hex. Throws `unreadable`.
package func fileDigest(_ path: String) throws -> String {
  do {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var hash = SHA256()
    while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
      hash.update(data: chunk)
    }
    return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  } catch {
    throw ModelError.unreadable(path: path, reason: error.localizedDescription)
  }
}
