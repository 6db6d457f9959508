package import PrismModel

/// What the endpoints need of the engine that answers many requests at once: `ServingEngine`, or in tests
/// one whose answers are written beforehand.
package protocol ChatEngine: GateEngine {
  /// Queues a request. Throws `ServingError` when it cannot be taken and `ModelError` when it is not
  /// valid. Dropping the stream, or cancelling its reader, frees the request's place at once.
  func submit(_ request: ServingRequest) throws -> ServingStream
}

extension ServingEngine: ChatEngine {}
