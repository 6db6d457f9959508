import Dispatch
import Synchronization

/// A request on its way to the engine's thread.
package struct ServingTicket: Sendable {
  let request: ServingRequest
  /// Place of the bundle that the request names.
  let bundle: Int?
  /// Whether only the gate is asked.
  let isDecision: Bool
  package let channel: ServingChannel
  let submitted: ContinuousClock.Instant

  package init(
    request: ServingRequest, bundle: Int? = nil, isDecision: Bool = false,
    channel: ServingChannel = ServingChannel(), submitted: ContinuousClock.Instant = .now
  ) {
    self.request = request
    self.bundle = bundle
    self.isDecision = isDecision
    self.channel = channel
    self.submitted = submitted
  }
}

/// What the engine's thread and everybody else share.
package final class ServingInbox: Sendable {
  private struct State {
    var arrivals: [ServingTicket] = []
    var statistics = ServingStatistics()
    /// Seconds between two requests that end, averaged over the last ones.
    var secondsPerRequest = 1.0
    /// From when on what is left fails; set, no new requests are taken.
    var stop: ContinuousClock.Instant?
    var hasEnded = false
    var stopping: [CheckedContinuation<Void, Never>] = []
  }

  private let settings: ServingSettings
  private let state: Mutex<State>
  /// Rings for every arrival, and when the engine is to stop.
  private let bell = DispatchSemaphore(value: 0)

  package init(settings: ServingSettings, statistics: ServingStatistics) {
    self.settings = settings
    state = Mutex(State(statistics: statistics))
  }

  /// Throws `ServingError.queueFull` or `.stopping`.
  package func submit(_ ticket: ServingTicket) throws(ServingError) {
    let refusal = state.withLock { state -> ServingError? in
      if state.stop != nil { return .stopping }
      let waiting = state.statistics.queued + state.arrivals.count
      let free = max(0, settings.maximumBatch - state.statistics.active)
      guard waiting < settings.queueLimit + free else {
        let seconds = (state.secondsPerRequest * Double(waiting) / 2).rounded(.up)
        return .queueFull(retryAfterSeconds: Int(min(60, max(1, seconds))))
      }
      state.arrivals.append(ticket)
      return nil
    }
    if let refusal { throw refusal }
    bell.signal()
  }

  package var statistics: ServingStatistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.queued += state.arrivals.count
      return statistics
    }
  }

  /// Refuses new requests and fails those that are left at `time`; the earliest time counts.
  func stop(at time: ContinuousClock.Instant) {
    state.withLock { $0.stop = min(time, $0.stop ?? time) }
    bell.signal()
  }

  /// Returns when the engine's thread is done.
  func waitForEnd() async {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        if !state.hasEnded { state.stopping.append(continuation) }
        return state.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  // MARK: The engine's thread

  enum Work {
    /// New requests, and the time to fail all of them if the engine is stopping.
    case go([ServingTicket], stop: ContinuousClock.Instant?)
    case end
  }

  /// What to do next; sleeps while there is nothing.
  func next(isIdle: Bool) -> Work {
    while true {
      let work = state.withLock { state -> Work? in
        if state.arrivals.isEmpty, isIdle { return state.stop == nil ? nil : .end }
        let arrivals = state.arrivals
        state.arrivals = []
        // Until the next report they count as waiting.
        state.statistics.queued += arrivals.count
        return .go(arrivals, stop: state.stop)
      }
      if let work { return work }
      bell.wait()
    }
  }

  func report(_ statistics: ServingStatistics, secondsPerRequest: Double) {
    state.withLock {
      $0.statistics = statistics
      $0.secondsPerRequest = secondsPerRequest
    }
  }

  func end() {
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer { state.stopping = [] }
      return state.stopping
    }
    for continuation in waiting { continuation.resume() }
  }
}
