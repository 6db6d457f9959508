import AsyncAlgorithms
import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1

/// One request at one upstream, from sending to the last byte of its answer. What the reader has not
/// taken is not read from the connection either.
final class UpstreamExchange: Sendable {
  enum Outcome: Sendable {
    /// The whole answer has come.
    case answered(status: Int)
    case failed(UpstreamFailure)
    /// Out of time, or its reader has gone.
    case ended(any Error)
  }

  private enum Part: Sendable {
    case head(UpstreamHead)
    case bytes(ByteBuffer)
  }

  /// Place of the upstream in the fleet.
  let index: Int
  private let parts: AsyncThrowingChannel<Part, any Error>
  private let task: Task<Void, Never>

  /// Sends the request. `onEnd` is called once.
  init(
    index: Int, _ request: HTTPClientRequest, client: HTTPClient,
    deadline: ContinuousClock.Instant, onEnd: @escaping @Sendable (Outcome) -> Void
  ) {
    self.index = index
    let parts = AsyncThrowingChannel<Part, any Error>()
    self.parts = parts
    task = Task {
      let outcome: Outcome
      do {
        let status = try await withDeadline(deadline, APIError.deadline) {
          try await UpstreamExchange.pass(request, client, to: parts)
        }
        outcome = .answered(status: status)
        parts.finish()
      } catch {
        if Task.isCancelled || error is APIError || error is CancellationError {
          outcome = .ended(error)
          parts.fail(error)
        } else {
          outcome = .failed(UpstreamFailure(error))
          parts.fail(UpstreamFailure(error))
        }
      }
      onEnd(outcome)
    }
  }

  deinit { task.cancel() }

  /// Breaks off: the upstream's connection is closed, and the reader gets `error`.
  func end(_ error: any Error) {
    parts.fail(error)
    task.cancel()
  }

  private static func pass(
    _ request: HTTPClientRequest, _ client: HTTPClient,
    to parts: AsyncThrowingChannel<Part, any Error>
  ) async throws -> Int {
    // The deadline spans head and body, so it is kept outside.
    let response = try await client.execute(request, deadline: .distantFuture)
    await parts.send(.head(UpstreamHead(status: Int(response.status.code), response.headers)))
    for try await bytes in response.body {
      await parts.send(.bytes(bytes))
      try Task.checkCancellation()
    }
    return Int(response.status.code)
  }

  /// The next bytes of the body, nil behind the last. Throws `UpstreamFailure`, `APIError` when time
  /// has run out, and `CancellationError`.
  func next() async throws -> ByteBuffer? {
    var iterator = parts.makeAsyncIterator()
    guard let part = try await iterator.next() else {
      // Also how a cancelled reader's wait ends.
      try Task.checkCancellation()
      return nil
    }
    if case .bytes(let bytes) = part { return bytes }
    return ByteBuffer()
  }

  /// Waits for the answer's beginning: the first bytes of a stream of events, and of all else the whole
  /// if it is not large, so that it can be asked for again elsewhere if the rest does not come. Throws
  /// as `next`.
  func opening() async throws -> UpstreamOpening {
    var iterator = parts.makeAsyncIterator()
    guard case .head(let head) = try await iterator.next() else { throw CancellationError() }
    var bytes = ByteBuffer()
    let limit = head.isEventStream ? 0 : UpstreamOpening.limit
    while bytes.readableBytes <= limit {
      guard var part = try await next() else {
        return UpstreamOpening(head: head, bytes: bytes, isWhole: true)
      }
      bytes.writeBuffer(&part)
    }
    return UpstreamOpening(head: head, bytes: bytes, isWhole: false)
  }
}

/// The beginning of an upstream's answer, of which the client has seen nothing.
struct UpstreamOpening: Sendable {
  /// Bytes of answers that are no streams of events and are held back until they are whole.
  static let limit = 1 << 20

  let head: UpstreamHead
  let bytes: ByteBuffer
  let isWhole: Bool

  /// What a server says that has not looked at the request; another one may.
  var mayBeAskedElsewhere: Bool { [502, 503, 504].contains(head.status) }
}

/// Status and header fields of an upstream's answer.
struct UpstreamHead: Sendable {
  let status: Int
  private let headers: HTTPHeaders

  /// Fields of the one connection (RFC 9110, section 7.6.1), of the body's framing, and those that this
  /// server gives itself.
  private static let ownNames: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "date", "server", "x-request-id",
    "x-content-type-options",
  ]
  /// Which other sites' pages may see the answer is this server's to say, and so is the decision.
  private static let ownPrefixes = ["access-control-", "x-prism-"]

  init(status: Int, _ headers: HTTPHeaders) {
    self.status = status
    self.headers = headers
  }

  var isEventStream: Bool {
    headers.first(name: "Content-Type")?.lowercased().hasPrefix("text/event-stream") ?? false
  }

  /// The fields that are the client's.
  var fields: HTTPFields {
    let named = Set(headers[canonicalForm: "Connection"].map { $0.lowercased() })
    var fields = HTTPFields()
    for (name, value) in headers {
      let lower = name.lowercased()
      guard !Self.ownNames.contains(lower), !named.contains(lower),
        !Self.ownPrefixes.contains(where: { lower.hasPrefix($0) }),
        let fieldName = HTTPField.Name(name)
      else { continue }
      fields.append(HTTPField(name: fieldName, value: value))
    }
    return fields
  }
}
