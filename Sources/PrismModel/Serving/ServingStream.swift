/// The events of one request.
///
/// Read it once. Leaving the loop, dropping the stream or cancelling the reading task gives the request's
/// place in the batch and its memory back at the next step. Throws `ServingError`, `ModelError`, or
/// `CancellationError` when the reading task is cancelled.
public struct ServingStream: AsyncSequence, Sendable {
  public typealias Element = ServingEvent
  public typealias Failure = any Error

  /// Cancels when nobody holds it any longer.
  fileprivate final class Reader: Sendable {
    let channel: ServingChannel
    init(_ channel: ServingChannel) { self.channel = channel }
    deinit { channel.cancel() }
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private let stream: Reader
    /// Ends with the loop, also where somebody still holds the stream.
    private let loop: Reader

    fileprivate init(_ stream: Reader) {
      self.stream = stream
      loop = Reader(stream.channel)
    }

    public mutating func next() async throws -> ServingEvent? { try await loop.channel.next() }
  }

  private let reader: Reader

  package init(_ channel: ServingChannel) { reader = Reader(channel) }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader) }
}
