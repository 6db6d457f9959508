#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Durable file writing: every failure is an error with the system's reason, nothing is buffered.
enum POSIXFile {
  /// Appends to a file (made if missing), cuts it to `keeping` bytes first, and waits for the disk.
  static func append(_ bytes: [UInt8], to path: String, keeping: Int? = nil) throws {
    try write(bytes, to: path, flags: O_WRONLY | O_CREAT | O_APPEND, keeping: keeping, sync: true)
  }

  /// Writes a whole new file and waits for the disk.
  static func create(_ bytes: [UInt8], at path: String) throws {
    try write(bytes, to: path, flags: O_WRONLY | O_CREAT | O_TRUNC, keeping: nil, sync: true)
  }

  /// Appends without waiting for the disk.
  static func log(_ bytes: [UInt8], to path: String) throws {
    try write(bytes, to: path, flags: O_WRONLY | O_CREAT | O_APPEND, keeping: nil, sync: false)
  }

  /// Renames over an existing file, then writes the folder's entry to disk.
  static func rename(_ from: String, to path: String, folder: String) throws {
    #if canImport(Glibc)
      let result = Glibc.rename(from, path)
    #elseif canImport(Musl)
      let result = Musl.rename(from, path)
    #else
      let result = Darwin.rename(from, path)
    #endif
    guard result == 0 else { throw failure(path) }
    let descriptor = open(folder, O_RDONLY)
    guard descriptor >= 0 else { throw failure(folder) }
    defer { close(descriptor) }
    // Some file systems refuse this for folders; the rename itself has happened.
    _ = fsync(descriptor)
  }

  /// Makes one folder; the system's reason where it cannot be made.
  static func makeFolder(_ path: String) -> String? {
    mkdir(path, 0o777) == 0 || errno == EEXIST ? nil : String(cString: strerror(errno))
  }

  /// Opens and locks a file for this process; nil when another one holds it. The lock ends with
  /// `unlock` or the process.
  static func lock(_ path: String) throws -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      if reason == EWOULDBLOCK { return nil }
      throw PipelineError.cannotWrite(path: path, reason: String(cString: strerror(reason)))
    }
    return descriptor
  }

  static func unlock(_ descriptor: Int32) {
    // A child process that is just being started has the file open too, and with it the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func write(
    _ bytes: [UInt8], to path: String, flags: Int32, keeping: Int?, sync: Bool
  ) throws {
    let descriptor = open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    if let keeping, ftruncate(descriptor, off_t(keeping)) != 0 { throw failure(path) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
          Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #else
          Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      written += count
    }
    if sync, fsync(descriptor) != 0, errno != EINVAL { throw failure(path) }
  }

  private static func failure(_ path: String) -> PipelineError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
