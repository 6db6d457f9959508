import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server on this machine that answers as a script says, well or badly, and keeps what it was sent.
final class FakeUpstream: Sendable {
  /// What is done for one answer, one after the other.
  enum Step: Sendable {
    case send(String)
    case pause(Duration)
    /// Waits until the test opens the gate.
    case wait(FakeGate)
    case close

    /// A whole answer.
    static func answer(
      _ body: String, status: Int = 200, headers: [String] = ["Content-Type: application/json"]
    ) -> Step {
      let head = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)"] + headers
      return .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// The head of an answer whose body comes in chunks.
    static func head(_ type: String = "text/event-stream", headers: [String] = []) -> Step {
      let head = [
        "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Type: \(type)",
      ]
      return .send((head + headers).joined(separator: "\r\n") + "\r\n\r\n")
    }

    static func chunk(_ text: String) -> Step {
      .send(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    static let end = Step.send("0\r\n\r\n")
  }

  struct Request: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
    let body: String
  }

  private struct State {
    var requests: [Request] = []
    var health = 200
    var left = 0
  }

  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)
  fileprivate let script: @Sendable (Request, Int) -> [Step]

  /// - Parameter script: gets a request and how many came before it; health checks do not count.
  init(_ script: @escaping @Sendable (Request, Int) -> [Step]) { self.script = script }

  /// Answers everything with the name it was asked for and its own.
  convenience init(named name: String) {
    self.init { _, _ in [.answer("{\"from\": \"\(name)\"}")] }
  }

  /// What it was asked, health checks left out.
  var requests: [Request] { state.withLock { $0.requests } }
  /// Connections that the other side closed while an answer was being written.
  var left: Int { state.withLock { $0.left } }
  var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  func setHealth(_ status: Int) { state.withLock { $0.health = status } }

  func start() async throws {
    let open = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeUpstreamConnection(self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = open }
  }

  /// Refuses connections from now on.
  func stop() async throws {
    let open = channel.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try await open?.close()
  }

  fileprivate func steps(for request: Request) -> [Step] {
    if request.path == "/health" {
      return [.answer("{}", status: state.withLock { $0.health })]
    }
    let earlier = state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    return script(request, earlier)
  }

  fileprivate func countLeft() { state.withLock { $0.left += 1 } }
}

/// Opened once by a test, waited for by others.
final class FakeGate: Sendable {
  private let isOpen = Atomic(false)

  func open() { isOpen.store(true, ordering: .releasing) }

  func wait() async throws {
    while !isOpen.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(2)) }
  }
}

/// Takes requests apart and does what the script says.
private final class FakeUpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let upstream: FakeUpstream
  private var received = Data()
  private var answering: Task<Void, any Error>?
  private let unfinished = Count()

  /// Answers begun and not ended. Not a flag: the other side may ask for the next before the task that
  /// has written one takes note of its end.
  private final class Count: Sendable {
    let value = Atomic(0)
  }

  init(_ upstream: FakeUpstream) { self.upstream = upstream }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    while let request = nextRequest() {
      let steps = upstream.steps(for: request)
      let (channel, unfinished) = (context.channel, unfinished)
      unfinished.value.add(1, ordering: .relaxed)
      answering = Task {
        var isEnded = false
        for step in steps {
          switch step {
          case .send(let text): try await channel.writeAndFlush(ByteBuffer(string: text)).get()
          case .pause(let time): try await Task.sleep(for: time)
          case .wait(let gate): try await gate.wait()
          case .close:
            unfinished.value.subtract(1, ordering: .relaxed)
            isEnded = true
            try await channel.close().get()
          }
        }
        if !isEnded { unfinished.value.subtract(1, ordering: .relaxed) }
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if unfinished.value.load(ordering: .relaxed) > 0 { upstream.countLeft() }
    answering?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func nextRequest() -> FakeUpstream.Request? {
    guard let head = received.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: received[..<head.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      if pair.count == 2 {
        headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces)
      }
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    guard received.endIndex - head.upperBound >= length else { return nil }
    let end = head.upperBound + length
    let words = lines[0].split(separator: " ").map(String.init)
    let request = FakeUpstream.Request(
      method: words.first ?? "", path: words.count > 1 ? words[1] : "", headers: headers,
      body: String(decoding: received[head.upperBound..<end], as: UTF8.self))
    received = Data(received[end...])
    return request
  }
}
