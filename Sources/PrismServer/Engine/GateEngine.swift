package import PrismModel

/// What the endpoints need to have prompts decided about.
package protocol GateEngine: Sendable {
  /// The gate's probability that the adapter of `bundle` helps, 0...1; nothing is generated.
  func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float

  func statistics() -> ServingStatistics

  /// Takes no more requests, lets those in hand finish for at most `time`, then fails the rest with
  /// `ServingError.stopping`. Returns when none is left.
  func stop(within time: Duration) async
}
