package import PrismModel

/// What the endpoints need of the engine that answers many requests at once.
package protocol ChatEngine: Sendable {
  /// Queues a request. Throws `ChatEngineError` when it cannot be taken.
  func submit(_ request: ChatRequest) throws -> ChatStream

  /// The gate's probability that the adapter of `bundle` helps, 0...1; nothing is generated.
  func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float

  func statistics() -> ChatStatistics

  /// Takes no more requests, lets those in hand finish for at most `grace`, then fails the rest with
  /// `ChatEngineError.stopping`. Returns when none is left.
  func stop(within grace: Duration) async
}

/// Which weights answer a request.
package enum ChatRouting: Hashable, Sendable {
  case base
  case adapter(bundle: String)
  /// The bundle's gate is asked; its decision is followed only if `enforce` is set.
  case gated(bundle: String, enforce: Bool)
}

package struct ChatRequest: Sendable {
  package var prompt: RenderedPrompt
  package var sampling: SamplingParameters
  package var routing: ChatRouting
  /// Likeliest tokens to report at each position; nil where no log-probability is asked for.
  package var topLogProbabilities: Int?
  package var deadline: ContinuousClock.Instant?

  package init(
    prompt: RenderedPrompt, sampling: SamplingParameters, routing: ChatRouting,
    topLogProbabilities: Int?, deadline: ContinuousClock.Instant?
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.routing = routing
    self.topLogProbabilities = topLogProbabilities
    self.deadline = deadline
  }
}

package enum ChatEvent: Sendable {
  /// First of all events. `probability` is the gate's, absent where it was not asked.
  case decided(route: Route, probability: Float?)
  /// Text that became certain, and the tokens it is made of.
  case text(String, tokens: [ChatToken])
  /// Last of all events.
  case finished(ChatEnd)
}

package struct ChatToken: Hashable, Sendable {
  package struct Candidate: Hashable, Sendable {
    package var bytes: [UInt8]
    /// Natural logarithm.
    package var logProbability: Float

    package init(bytes: [UInt8], logProbability: Float) {
      self.bytes = bytes
      self.logProbability = logProbability
    }
  }

  package var drawn: Candidate
  /// Likeliest first.
  package var top: [Candidate]

  package init(drawn: Candidate, top: [Candidate]) {
    self.drawn = drawn
    self.top = top
  }
}

package struct ChatEnd: Sendable {
  package var finishReason: GenerationResult.FinishReason
  package var promptTokens: Int
  /// Prompt tokens that an earlier request had already brought into memory.
  package var cachedPromptTokens: Int
  package var generatedTokens: Int
  /// From submission; absent when no token was generated.
  package var secondsToFirstToken: Double?

  package init(
    finishReason: GenerationResult.FinishReason, promptTokens: Int, cachedPromptTokens: Int,
    generatedTokens: Int, secondsToFirstToken: Double?
  ) {
    self.finishReason = finishReason
    self.promptTokens = promptTokens
    self.cachedPromptTokens = cachedPromptTokens
    self.generatedTokens = generatedTokens
    self.secondsToFirstToken = secondsToFirstToken
  }
}

/// The events of one request.
package struct ChatStream: Sendable {
  package let events: AsyncThrowingStream<ChatEvent, any Error>
  /// Frees the request's place at once; the events then end.
  package let cancel: @Sendable () -> Void

  package init(
    events: AsyncThrowingStream<ChatEvent, any Error>, cancel: @escaping @Sendable () -> Void
  ) {
    self.events = events
    self.cancel = cancel
  }
}

package struct ChatStatistics: Hashable, Sendable {
  /// Requests that wait for a place.
  package var queued: Int
  /// Requests that are being answered.
  package var active: Int

  package init(queued: Int, active: Int) {
    self.queued = queued
    self.active = active
  }
}

/// Why a request is not answered, or not to its end.
package enum ChatEngineError: Error, Hashable, Sendable {
  case queueFull(retryAfterSeconds: Int)
  case promptTooLong(tokens: Int, limit: Int)
  case deadlineExceeded
  case stopping
  case unknownBundle(String)
}
