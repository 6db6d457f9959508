package import PrismModel

/// What the endpoints need of the engine that answers many requests at once: `ServingEngine`, or in tests
/// one whose answers are written beforehand.
package protocol ChatEngine: Sendable {
  /// Queues a request. Throws `ServingError` when it cannot be taken and `ModelError` when it is not
  /// valid. Dropping the stream, or cancelling its reader, frees the request's place at once.
  func submit(_ request: ServingRequest) throws -> ServingStream

  /// The gate's probability that the adapter of `bundle` helps, 0...1; nothing is generated.
  func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float

  func statistics() -> ServingStatistics

  /// Takes no more requests, lets those in hand finish for at most `time`, then fails the rest with
  /// `ServingError.stopping`. Returns when none is left.
  func stop(within time: Duration) async
}

extension ServingEngine: ChatEngine {}
