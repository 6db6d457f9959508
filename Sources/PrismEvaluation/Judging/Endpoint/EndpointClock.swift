package import Foundation

/// The times an endpoint judge lives by; a test puts its own in their place and never waits.
/// How long one attempt may take is always measured in real time.
package struct EndpointClock: Sendable {
  /// The date, to read `Retry-After` dates against.
  package var now: @Sendable () -> Date
  /// Time since some fixed moment; never goes back.
  package var elapsed: @Sendable () -> Duration
  /// Throws `CancellationError` when the task is cancelled meanwhile.
  package var sleep: @Sendable (Duration) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.elapsed = elapsed
    self.sleep = sleep
  }

  package static var system: EndpointClock {
    let start = ContinuousClock.now
    return EndpointClock(
      now: { Date() }, elapsed: { ContinuousClock.now - start },
      sleep: { try await Task.sleep(for: $0) })
  }
}
