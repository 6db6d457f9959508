import Foundation
import Logging
import PrismModel
import PrismServer
import PrismTesting
import ServiceLifecycle
import Synchronization
import Testing

/// A server on a free port of this machine, for the time of a test.
struct LiveServer: Sendable {
  let port: Int
  let group: ServiceGroup
  let log: LogLines

  private static let template = """
    {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] \
    + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' \
    }}{% endif %}
    """

  static func model(bundles: [String] = ["one"], contextLength: Int = 4096) throws -> ServedModel {
    ServedModel(
      name: "tiny", renderer: try ChatRenderer(template: template, tokenizer: ByteTokenizer()),
      contextLength: contextLength, fingerprint: "0123456789abcdef",
      bundles: bundles.map { .init(name: $0, threshold: 0.5, gateLayer: 1) })
  }

  /// Runs `body` beside a server and then stops it. Throws what either throws.
  static func run(
    _ engine: any ChatEngine = ScriptedChatEngine(), model: ServedModel? = nil,
    change: (inout ServerSettings) -> Void = { _ in },
    _ body: @Sendable (LiveServer) async throws -> Void
  ) async throws {
    let model = try model ?? Self.model()
    try await run(change: change, body) { settings, logger, onListening in
      try PrismServer(
        settings: settings, model: model, engine: engine, logger: logger, onListening: onListening)
    }
  }

  /// The same beside a router.
  static func run(
    gates: any GateEngine, upstream: UpstreamSettings, change: (inout ServerSettings) -> Void,
    _ body: @Sendable (LiveServer) async throws -> Void
  ) async throws {
    try await run(change: change, body) { settings, logger, onListening in
      try PrismServer(
        settings: settings, model: model(), gates: gates, upstream: upstream, logger: logger,
        onListening: onListening)
    }
  }

  private static func run(
    change: (inout ServerSettings) -> Void, _ body: @Sendable (LiveServer) async throws -> Void,
    server make: (ServerSettings, Logger, @escaping @Sendable (Int) -> Void) throws -> PrismServer
  ) async throws {
    var settings = ServerSettings()
    settings.port = 0
    settings.maximumConnections = 200
    settings.shutdownTime = .seconds(2)
    change(&settings)
    let log = LogLines()
    let (ports, ready) = AsyncStream<Int>.makeStream()
    let logger = Logger(label: "test", factory: { _ in KeepingLogHandler(log) })
    let server = try make(settings, logger) { ready.yield($0) }
    let group = ServiceGroup(
      configuration: .init(
        services: [server],
        logger: Logger(label: "quiet", factory: { _ in SwiftLogNoOpLogHandler() })))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { ready.finish() }
        try await group.run()
      }
      var iterator = ports.makeAsyncIterator()
      guard let port = await iterator.next() else { return try await tasks.waitForAll() }
      do {
        try await body(LiveServer(port: port, group: group, log: log))
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }
}

/// Keeps what the server logs.
final class LogLines: Sendable {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }

  fileprivate func add(_ line: String) { kept.withLock { $0.append(line) } }
}

private struct KeepingLogHandler: LogHandler {
  let log: LogLines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(_ log: LogLines) { self.log = log }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    log.add(([event.message.description] + pairs).joined(separator: " "))
  }
}
