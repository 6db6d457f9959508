import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once.
enum Interruption {
  /// Exit status of a command that was interrupted.
  static let exitCode: Int32 = 130

  private static let requests = Atomic<Int>(0)

  static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Forgets a request that was answered, as chat does after cutting an answer short.
  static func clear() { requests.store(0, ordering: .relaxed) }

  static func install() {
    // Touched here so that the handler finds it made; making it there would not be safe.
    clear()
    let handler: @convention(c) (Int32) -> Void = { _ in
      if Interruption.requests.add(1, ordering: .relaxed).oldValue > 0 {
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
