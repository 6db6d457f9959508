import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The open, locked file of a `JudgeCache`.
final class JudgeCacheFile {
  private let path: String
  private let descriptor: Int32
  /// Bytes up to the end of the last whole line.
  private var size = 0

  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK
        ? EvaluationError.judgeCacheInUse(path: path) : Self.failure(path)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A child process that is just being started has the file open too, and with it the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// All bytes of the file.
  func contents() throws -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(data.count))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path)
      }
      if count == 0 { break }
      data.append(contentsOf: buffer[..<count])
    }
    size = data.count
    return data
  }

  func cut(to bytes: Int) throws {
    guard ftruncate(descriptor, off_t(bytes)) == 0 else { throw Self.failure(path) }
    size = bytes
  }

  /// One write call. A line that does not fit on the disk is taken back whole.
  func append(_ line: Data) throws {
    while true {
      let count = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count == line.count {
        size += count
        return
      }
      if count < 0, errno == EINTR { continue }
      let reason =
        count < 0 ? Self.failure(path) : .judgeCacheFile(path: path, reason: "the disk is full")
      // Should this fail too, the torn line is dropped when the file is next read.
      if count > 0 { try cut(to: size) }
      throw reason
    }
  }

  private static func failure(_ path: String) -> EvaluationError {
    .judgeCacheFile(path: path, reason: String(cString: strerror(errno)))
  }
}
