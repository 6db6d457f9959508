import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and SIGTERM: the first asks for an orderly end, a later one ends at once. Signals closer than
/// `echo` are one request: `timeout`, for one, sends its signal to the process and to its group.
enum Interruption {
  /// Exit status of a command that was interrupted.
  static let exitCode: Int32 = 130

  /// Nanoseconds within which a second signal counts as the first one's echo.
  private static let echo: UInt64 = 300_000_000

  /// When the end was asked for, on a clock that never goes back; 0 when it was not.
  private static let requestTime = Atomic<UInt64>(0)

  static var isRequested: Bool { requestTime.load(ordering: .relaxed) > 0 }

  /// Forgets a request that was answered, as chat does after cutting an answer short.
  static func clear() { requestTime.store(0, ordering: .relaxed) }

  static func install() {
    // Touched here so that the handler finds it made; making it there would not be safe.
    clear()
    let handler: @convention(c) (Int32) -> Void = { _ in
      let now = monotonicNanoseconds()
      let first = Interruption.requestTime.load(ordering: .relaxed)
      if first == 0 {
        Interruption.requestTime.store(now, ordering: .relaxed)
      } else if now > first + Interruption.echo {
        _exit(Interruption.exitCode)
      }
    }
    _ = signal(SIGINT, handler)
    _ = signal(SIGTERM, handler)
    // A parent may have started this process with both blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

/// The monotonic clock in nanoseconds; safe in a signal handler, as `clock_gettime` is.
private func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec) + 1
}
