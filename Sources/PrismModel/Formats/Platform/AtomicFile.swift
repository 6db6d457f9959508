import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Writes a file so that its name only ever stands for complete contents: a temporary name in the
/// same folder, flushed to the disk, then renamed. On failure the temporary file is removed and
/// what stood at the name before is untouched.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Calls `body` with a file to append to. Throws `ModelError.unwritable` and what `body` throws.
  package static func replace(_ path: String, _ body: (borrowing AtomicFile) throws -> Void) throws
  {
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do {
      do {
        try body(AtomicFile(path: path, descriptor: descriptor))
        guard fsync(descriptor) == 0 else { throw failure(path) }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else { throw failure(path) }
      guard rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(of: path)
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path) }
      done += written
    }
  }

  /// Makes the new name itself survive a power cut, where the file system allows that to be asked.
  private static func syncFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ path: String) -> ModelError {
    .unwritable(
      path: path,
      reason: errno == ENOSPC
        ? "no space left on the disk; free some and run the same command again"
        : String(cString: strerror(errno)))
  }
}
