#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The reader of standard output went away, as `head` does. Nothing is wrong.
struct OutputClosed: Error {}

/// Standard input, output and error as the system knows them.
enum StandardStreams {
  static let input: Int32 = 0
  static let output: Int32 = 1
  static let error: Int32 = 2

  /// Makes every stream safe to use: a closed one would be given to the first file opened, which
  /// would then receive what is printed; a reader that goes away would kill the process.
  static func prepare() {
    for stream in [input, output, error] where fcntl(stream, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDWR)
    }
    _ = signal(SIGPIPE, SIG_IGN)
    // A file-size limit then fails the write, which says so, instead of killing the process.
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  static func isTerminal(_ stream: Int32) -> Bool { isatty(stream) == 1 }

  /// Columns of the terminal behind `stream`; 80 where it does not say.
  static func columns(_ stream: Int32) -> Int {
    var size = winsize()
    guard ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes all of `text`. Throws `OutputClosed`, or `CommandError` when the stream cannot be
  /// written for another reason, such as a full disk.
  static func write(_ text: String, to stream: Int32) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { sysWrite(stream, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        // Someone made the stream non-blocking; wait until it takes more.
        var wait = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wait, 1, 1000)
      } else if errno == EPIPE {
        throw OutputClosed()
      } else if errno != EINTR {
        throw CommandError.cannotPrint(reason: String(cString: strerror(errno)))
      }
    }
  }

  /// At most `limit` bytes of standard input: none at its end, nil when nothing came within 0.2 s
  /// or a signal arrived. Throws `CommandError`.
  static func read(limit: Int) throws -> [UInt8]? {
    var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, 200) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = bytes.withUnsafeMutableBytes { sysRead(input, $0.baseAddress, $0.count) }
    if count >= 0 { return Array(bytes.prefix(count)) }
    if errno == EINTR || errno == EAGAIN { return nil }
    throw CommandError.cannotRead(
      path: "standard input", reason: String(cString: strerror(errno)))
  }
}

private func sysWrite(_ stream: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(stream, bytes, count)
}

private func sysRead(_ stream: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(stream, bytes, count)
}
