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

/// The bytes of a file, mapped read-only; read into memory where mapping is refused.
///
/// The bytes stay valid as long as the instance. A file that another process shortens while it is
/// mapped ends the process when the lost part is touched, as with every mapped file.
package final class MappedFile: @unchecked Sendable {
  // Unchecked: the bytes are never written after `init`.
  package let path: String
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  package var count: Int { bytes.count }

  /// Throws `ModelError.unreadable` when the path is missing, not a regular file or not permitted.
  package init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw Self.failure(path) }
    guard information.st_mode & S_IFMT == S_IFREG else {
      let isFolder = information.st_mode & S_IFMT == S_IFDIR
      throw ModelError.unreadable(
        path: path, reason: isFolder ? "it is a folder, not a file" : "it is not a regular file")
    }
    guard let count = Int(exactly: information.st_size) else {
      throw ModelError.unreadable(path: path, reason: "it is too large")
    }
    self.path = path
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      isMapped = false
    } else if let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      start != MAP_FAILED
    {
      bytes = UnsafeRawBufferPointer(start: start, count: count)
      isMapped = true
    } else {
      bytes = try Self.readAll(descriptor, count: count, path: path)
      isMapped = false
    }
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.deallocate()
    }
  }

  private static func readAll(
    _ descriptor: Int32, count: Int, path: String
  ) throws -> UnsafeRawBufferPointer {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    var done = 0
    while done < count {
      let got = read(descriptor, buffer.baseAddress.map { $0 + done }, count - done)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        let error =
          got == 0
          ? ModelError.unreadable(path: path, reason: "it became shorter while it was read")
          : failure(path)
        buffer.deallocate()
        throw error
      }
      done += got
    }
    return UnsafeRawBufferPointer(buffer)
  }

  private static func failure(_ path: String) -> ModelError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
