import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Protects the server from one connection's client: heads and bodies that never end, answers that
/// are never read, and clients that are gone.
///
/// A client that closes its sending side is taken for gone, as servers cannot tell it from one that is.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  struct Limits: Sendable {
    /// From connecting to the end of the first request's head.
    var head: TimeAmount
    /// From a head's end to its body's end.
    var body: TimeAmount
    /// Between an answer's end and the next request's head.
    var idle: TimeAmount
    /// In which a client has to take at least the bytes between the channel's two water marks.
    var write: TimeAmount
    /// In which bytes of a refused request are still read, so that its client sees the refusal.
    let linger = TimeAmount.seconds(1)
  }

  let watch = ClientWatch()
  private let limits: Limits
  private let connections: Connections
  private var readTimer: Scheduled<Void>?
  private var writeTimer: Scheduled<Void>?
  private var isFirstRequest = true
  private var isReadingBody = false
  /// Requests whose answers have not left this process yet; several where a client does not wait.
  private var unanswered = 0
  /// Answers that are written to their ends, and have not left this process yet.
  private var unsent = 0
  private var closesAfterAnswer = false

  init(limits: Limits, connections: Connections) {
    self.limits = limits
    self.connections = connections
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    connections.add(context.channel)
    readTimer?.cancel()
    readTimer = schedule(context, limits.head) { $0.endWithoutHead($1) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    connections.remove(context.channel)
    readTimer?.cancel()
    writeTimer?.cancel()
    watch.markGone()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      watch.markGone()
      if closesAfterAnswer && unanswered == 0 { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      closesAfterAnswer = closesAfterAnswer || Self.asksToClose(head.headerFields)
      (isFirstRequest, isReadingBody) = (false, true)
      unanswered += 1
      readTimer?.cancel()
      readTimer = schedule(context, limits.body) { $0.endBody($1) }
    case .body: break
    case .end:
      isReadingBody = false
      readTimer?.cancel()
      if unanswered == 0 { waitForNext(context) }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    if case .head(let head) = part, head.status.kind != .informational {
      closesAfterAnswer = closesAfterAnswer || Self.asksToClose(head.headerFields)
    }
    guard case .end = part else { return context.write(data, promise: promise) }
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    // Only what has left this process starts the time that the client has for its next step.
    written.futureResult.assumeIsolated().whenSuccess { self.endAnswer(context) }
    unsent += 1
    context.writeAndFlush(data, promise: written)
    if unsent > 0 && writeTimer == nil { waitForReader(context) }
  }

  private func endAnswer(_ context: ChannelHandlerContext) {
    unsent -= 1
    unanswered -= 1
    if context.channel.isWritable { waitForReader(context) }
    guard unanswered == 0 else { return }
    if closesAfterAnswer {
      closeGently(context)
    } else if !isReadingBody {
      waitForNext(context)
    }
  }

  private static func asksToClose(_ fields: HTTPFields) -> Bool {
    let options = fields[.connection]?.lowercased().split { $0 == "," || $0 == " " } ?? []
    return options.contains("close")
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    waitForReader(context)
    context.fireChannelWritabilityChanged()
  }

  /// Starts the time in which the client has to take something anew, where something is left to take.
  private func waitForReader(_ context: ChannelHandlerContext) {
    writeTimer?.cancel()
    writeTimer = nil
    if !context.channel.isWritable || unsent > 0 {
      writeTimer = schedule(context, limits.write) { $1.close(promise: nil) }
    }
  }

  private func waitForNext(_ context: ChannelHandlerContext) {
    readTimer?.cancel()
    readTimer = schedule(context, limits.idle) { $1.close(promise: nil) }
  }

  private func endWithoutHead(_ context: ChannelHandlerContext) {
    guard isFirstRequest, let body = try? JSONText.encode(ErrorBody(.headTimeout)) else {
      return context.close(promise: nil)
    }
    var head = HTTPResponse(status: .requestTimeout)
    head.headerFields[.connection] = "close"
    head.headerFields[.contentType] = "application/json"
    head.headerFields[.contentLength] = "\(body.count)"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    closeGently(context)
  }

  /// Tells the endpoint, which waits for the body, that none will come; after its answer, or without
  /// one, the connection is closed.
  private func endBody(_ context: ChannelHandlerContext) {
    guard unanswered > 0 else { return context.close(promise: nil) }
    context.fireErrorCaught(APIError.bodyTimeout)
    readTimer = schedule(context, limits.linger + limits.linger) { $1.close(promise: nil) }
  }

  /// Closing with unread bytes would reset the connection and could take the answer with it.
  private func closeGently(_ context: ChannelHandlerContext) {
    readTimer?.cancel()
    readTimer = schedule(context, limits.linger) { $1.close(promise: nil) }
    context.close(mode: .output, promise: nil)
  }

  private func schedule(
    _ context: ChannelHandlerContext, _ delay: TimeAmount,
    _ body: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
  ) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: delay) { body(self, context) }
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
