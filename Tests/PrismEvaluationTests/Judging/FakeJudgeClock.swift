import Foundation
import PrismEvaluation
import Synchronization

/// A clock on which sleeping takes no time.
final class FakeJudgeClock: Sendable {
  /// Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's examples.
  static let date = Date(timeIntervalSince1970: 784_111_777)

  private let slept = Mutex<[Duration]>([])

  var sleeps: [Duration] { slept.withLock { $0 } }
  var total: Duration { sleeps.reduce(.zero, +) }

  var clock: EndpointClock {
    EndpointClock(
      now: { Self.date + self.total / .seconds(1) }, elapsed: { self.total },
      sleep: { duration in
        try Task.checkCancellation()
        self.slept.withLock { $0.append(duration) }
      })
  }
}
