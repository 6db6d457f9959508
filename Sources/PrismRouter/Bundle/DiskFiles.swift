import Foundation

/// What writers of whole folders need of the file system.
enum DiskFiles {
  static func exists(_ item: URL) -> Bool {
    // Unlike fileExists this sees a dangling link too.
    (try? FileManager.default.attributesOfItem(atPath: item.path(percentEncoded: false))) != nil
  }

  static func removeIfPresent(_ item: URL) throws {
    if exists(item) { try FileManager.default.removeItem(at: item) }
  }

  /// Forces a file or folder to the disk.
  static func flush(_ item: URL) throws {
    let handle = try FileHandle(forReadingFrom: item)
    defer { try? handle.close() }
    try handle.synchronize()
  }

  /// Throws `RouterError.occupied` when anything stands at `path`.
  static func requireAbsent(_ path: String) throws {
    guard !exists(URL(filePath: path)) else {
      throw RouterError.occupied(path: path, reason: "something is there already")
    }
  }
}
