import Hummingbird
import NIOCore

/// Writes an upstream's answer to the client as it comes.
struct UpstreamStream: Sendable {
  let exchange: UpstreamExchange
  let opening: UpstreamOpening
  let record: RequestRecord

  /// Writes to the end. A stream of events whose upstream breaks off ends with an error event; of any
  /// other answer the connection is closed before its end is marked, which tells the client as much.
  ///
  /// Throws when the client does not take what is written, and `CancellationError` when it is gone.
  func write(to writer: inout any ResponseBodyWriter) async throws {
    var events = EventBuffer(isActive: opening.head.isEventStream)
    var next: ByteBuffer? = opening.bytes
    while let bytes = next {
      let ready = events.take(bytes)
      if ready.readableBytes > 0 { try await writer.write(ready) }
      do {
        next = try await exchange.next()
      } catch {
        return try await end(error, &writer)
      }
    }
    let rest = events.rest()
    if rest.readableBytes > 0 { try await writer.write(rest) }
    try await writer.finish(nil)
  }

  private func end(_ error: any Error, _ writer: inout any ResponseBodyWriter) async throws {
    if error is CancellationError { throw error }
    let failure = (error as? UpstreamFailure).map(APIError.upstream) ?? APIError(error)
    record.update { $0.failure = failure.code }
    guard opening.head.isEventStream else { throw error }
    // What is held back is the beginning of an event that will not come; it is not passed on.
    try await writer.write(JSONText.event(ErrorBody(failure)))
    try await writer.finish(nil)
  }
}

/// Lets whole server-sent events through and holds the beginning of one back, so that an error event can
/// stand behind them wherever the upstream breaks off.
struct EventBuffer {
  /// Longer events are let through in pieces.
  private static let limit = 1 << 16

  let isActive: Bool
  private var held = ByteBuffer()

  init(isActive: Bool) { self.isActive = isActive }

  /// Adds bytes; returns those up to the last event's end.
  mutating func take(_ bytes: ByteBuffer) -> ByteBuffer {
    var bytes = bytes
    held.writeBuffer(&bytes)
    guard isActive, held.readableBytes <= Self.limit else { return rest() }
    return held.readSlice(length: endOfLastEvent) ?? ByteBuffer()
  }

  mutating func rest() -> ByteBuffer {
    defer { held = ByteBuffer() }
    return held
  }

  /// Events end with an empty line; lines end with LF or CR LF.
  private var endOfLastEvent: Int {
    let view = held.readableBytesView
    var index = view.endIndex
    while index > view.startIndex {
      index -= 1
      guard view[index] == UInt8(ascii: "\n"), index > view.startIndex else { continue }
      var before = index - 1
      if view[before] == UInt8(ascii: "\r"), before > view.startIndex { before -= 1 }
      if view[before] == UInt8(ascii: "\n") { return index + 1 - view.startIndex }
    }
    return 0
  }
}
