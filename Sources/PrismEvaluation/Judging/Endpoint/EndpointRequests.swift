import Foundation

/// One thing to ask: what it is cached under and the request's body.
struct EndpointQuestion: Hashable, Sendable {
  let key: JudgeCacheKey
  let body: Data
}

/// Sends questions until each is answered and on file, or has failed for good.
struct EndpointRequests: Sendable {
  private let settings: EndpointJudgeSettings
  private let cache: JudgeCache
  private let clock: EndpointClock
  private let exchange: EndpointExchange
  private let start: Duration

  init(judge: EndpointJudge, exchange: EndpointExchange) {
    settings = judge.settings
    cache = judge.cache
    clock = judge.clock
    self.exchange = exchange
    start = judge.clock.elapsed()
  }

  /// The failure of everything that is not yet sent, once the deadline has passed.
  var deadlinePassed: EndpointFailure? {
    guard let deadline = settings.deadline, remaining <= .zero else { return nil }
    return .deadline(deadline, last: nil)
  }

  /// Nil when the reply is on file. Throws `CancellationError`, or what writing the cache throws.
  func finish(_ question: EndpointQuestion) async throws -> EndpointFailure? {
    var attempt = 1
    while true {
      let within = min(settings.attemptTimeout, remaining)
      let failure: EndpointFailure
      switch try await exchange.reply(to: question.body, within: within) {
      case .success(let reply):
        // Here and not in the caller's loop: a cancelled task would lose it on the way.
        try cache.record(reply, for: question.key)
        return nil
      case .failure(let found): failure = found
      }
      guard failure.reach == .passing, attempt < settings.attempts else {
        return failure.afterAttempts(attempt)
      }
      let wait = EndpointBackoff(settings: settings).wait(
        after: attempt, seed: question.key.seed, retryAfter: failure.retryAfter, now: clock.now())
      if let deadline = settings.deadline, wait >= remaining {
        return .deadline(deadline, last: failure)
      }
      try await clock.sleep(wait)
      attempt += 1
    }
  }

  private var remaining: Duration {
    guard let deadline = settings.deadline else { return settings.attemptTimeout }
    return start + deadline - clock.elapsed()
  }
}
