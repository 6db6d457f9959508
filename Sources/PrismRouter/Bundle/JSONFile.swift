package import Foundation

/// Small JSON files of a bundle: same value, same bytes.
package enum JSONFile {
  /// Larger files are refused before they are read. Bytes.
  private static let sizeLimit = 4 << 20

  package static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// Throws `RouterError.unreadable` when the file is missing or too large.
  package static func read(_ path: String) throws -> Data {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      let data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
      guard data.count <= sizeLimit else {
        throw RouterError.unreadable(
          path: path, reason: "it is larger than \(sizeLimit) bytes, which no such file is")
      }
      return data
    } catch let error as RouterError {
      throw error
    } catch {
      throw RouterError.unreadable(path: path, reason: plainReason(error))
    }
  }

  /// Runs `decode`, naming `path` and the place in it when that fails.
  package static func decoding<Value>(_ path: String, _ decode: () throws -> Value) throws -> Value
  {
    do {
      return try decode()
    } catch let error as DecodingError {
      throw RouterError.malformed(path: path, reason: sentence(error))
    }
  }

  private static func sentence(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ key: String? = nil) -> String {
      let keys = context.codingPath.map(\.stringValue) + (key.map { [$0] } ?? [])
      return keys.isEmpty ? "the top" : keys.joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(place(context, key.stringValue)) is missing"
    case .typeMismatch(let type, let context): "\(place(context)) is not of type \(type)"
    case .valueNotFound(let type, let context): "\(place(context)) is null, expected \(type)"
    case .dataCorrupted(let context): "\(place(context)): \(context.debugDescription)"
    @unknown default: "it cannot be decoded"
    }
  }
}

/// What went wrong with a file, in a few words and without the domain and code of Cocoa errors.
package func plainReason(_ error: any Error) -> String {
  let cocoa = error as NSError
  if let below = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError { return plainReason(below) }
  guard cocoa.domain == NSPOSIXErrorDomain else { return cocoa.localizedDescription }
  return String(cString: strerror(Int32(cocoa.code)))
}
