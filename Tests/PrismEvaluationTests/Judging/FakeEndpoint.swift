import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A chat endpoint on this machine that answers as a script says, well or badly, and counts.
final class FakeEndpoint: Sendable {
  enum Answer: Sendable {
    /// A chat completion with this text.
    case reply(String, after: TimeAmount = .zero)
    /// Any body with any status.
    case raw(status: Int = 200, headers: [String] = [], body: [UInt8])
    case silence
    /// Sends this and closes the connection.
    case cut(after: String)
    /// Resets the connection.
    case reset
    /// One byte every 20 ms, for longer than any test waits.
    case drip
    /// A body of so many bytes without a declared length.
    case huge(Int)

    static func status(_ status: Int, headers: [String] = [], body: String = "") -> Answer {
      .raw(status: status, headers: headers, body: Array(body.utf8))
    }
    static func body(_ text: String) -> Answer { .raw(body: Array(text.utf8)) }
  }

  struct Request: Sendable {
    let target: String
    let authorization: String?
    let body: Data

    /// The user's message.
    var prompt: String {
      let body = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any]
      return (body?["messages"] as? [[String: String]])?.first?["content"] ?? ""
    }
  }

  fileprivate struct State {
    var requests: [Request] = []
    var underWay = 0
    var mostUnderWay = 0
  }

  fileprivate let state = Mutex(State())
  /// Gets the request and how many with the same prompt came before it.
  fileprivate let script: @Sendable (Request, Int) -> Answer
  private let channel = Mutex<(any Channel)?>(nil)

  init(_ script: @escaping @Sendable (Request, Int) -> Answer) {
    self.script = script
  }

  /// Serves while `body` runs.
  func serving(_ body: (FakeEndpoint) async throws -> Void) async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeEndpointConnection(self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.channel.withLock { $0 = channel }
    do {
      try await body(self)
    } catch {
      try await stop()
      throw error
    }
    try await stop()
  }

  /// Refuses connections from now on.
  func stop() async throws {
    let open = channel.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try await open?.close()
  }

  var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { state.withLock { $0.requests } }
  var count: Int { requests.count }
  var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

  fileprivate func answer(_ request: Request) -> Answer {
    let earlier = state.withLock { state in
      let earlier = state.requests.count { $0.prompt == request.prompt }
      state.requests.append(request)
      state.underWay += 1
      state.mostUnderWay = max(state.mostUnderWay, state.underWay)
      return earlier
    }
    return script(request, earlier)
  }

  fileprivate func finished() {
    state.withLock { $0.underWay -= 1 }
  }
}

/// Takes requests apart and writes what the script says.
private final class FakeEndpointConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let endpoint: FakeEndpoint
  private var received = Data()

  init(_ endpoint: FakeEndpoint) {
    self.endpoint = endpoint
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    while let request = nextRequest() {
      write(endpoint.answer(request), to: context.channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func nextRequest() -> FakeEndpoint.Request? {
    guard let head = received.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: received[..<head.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    func field(_ name: String) -> String? {
      lines.first { $0.lowercased().hasPrefix(name + ":") }
        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
    let length = field("content-length").flatMap { Int($0) } ?? 0
    guard received.endIndex - head.upperBound >= length else { return nil }
    let end = head.upperBound + length
    let request = FakeEndpoint.Request(
      target: lines.first ?? "", authorization: field("authorization"),
      body: Data(received[head.upperBound..<end]))
    received = Data(received[end...])
    return request
  }

  private func write(_ answer: FakeEndpoint.Answer, to channel: any Channel) {
    let endpoint = endpoint
    switch answer {
    case .reply(let text, let delay):
      let message: [String: Any] = ["role": "assistant", "content": text]
      let bytes = try? JSONSerialization.data(withJSONObject: ["choices": [["message": message]]])
      let whole = Self.whole(status: 200, headers: [], body: Array(bytes ?? Data()))
      channel.eventLoop.scheduleTask(in: delay) {
        endpoint.finished()
        channel.writeAndFlush(whole, promise: nil)
      }
    case .raw(let status, let headers, let body):
      endpoint.finished()
      channel.writeAndFlush(Self.whole(status: status, headers: headers, body: body), promise: nil)
    case .silence: endpoint.finished()
    case .cut(let text): send(text, on: channel, close: true)
    case .reset:
      // No lingering: what would be a close becomes a reset.
      let provider = channel as? any SocketOptionProvider
      let option = provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      endpoint.finished()
      option?.whenComplete { _ in channel.close(promise: nil) }
    case .drip:
      send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", on: channel, close: false)
      channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) {
        task in
        guard channel.isActive else { return task.cancel() }
        channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
      }
    case .huge(let bytes):
      send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", on: channel, close: false)
      channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: " "), count: bytes))
        .whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func send(_ text: String, on channel: any Channel, close: Bool) {
    endpoint.finished()
    let sent = channel.writeAndFlush(ByteBuffer(string: text))
    if close { sent.whenComplete { _ in channel.close(promise: nil) } }
  }

  private static func whole(status: Int, headers: [String], body: [UInt8]) -> ByteBuffer {
    let head = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
    return ByteBuffer(bytes: Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }
}
