import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An OpenAI-compatible server in front of one model, its adapters and their gates.
package struct PrismServer: Service {
  private let core: ServerCore
  private let application: any Service

  /// Files and sockets beside connections: model, log, event loops.
  private static let ownFiles = 64

  /// A server that answers by itself.
  ///
  /// - Parameter onListening: called with the port, once clients can connect.
  /// - Throws: `ServerError` when a setting is out of range.
  package init(
    settings: ServerSettings, model: ServedModel, engine: any ChatEngine, logger: Logger,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let core = try Self.core(settings, model, engine, fleet: nil, logger)
    try self.init(core, onListening: onListening) {
      CompletionEndpoints(core: core, engine: engine).add(to: $0)
    }
  }

  /// A router: it decides, and other servers answer. Parameters and errors as above.
  package init(
    settings: ServerSettings, model: ServedModel, gates: any GateEngine,
    upstream: UpstreamSettings, logger: Logger,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let fleet = try UpstreamFleet(
      upstream, connectionLimit: settings.maximumConnections, logger: logger)
    let core = try Self.core(settings, model, gates, fleet: fleet, logger)
    try self.init(core, onListening: onListening) {
      UpstreamEndpoints(core: core, fleet: fleet).add(to: $0)
    }
  }

  private init(
    _ core: ServerCore, onListening: @escaping @Sendable (Int) -> Void,
    answering: (Router<PrismContext>) -> Void
  ) throws {
    self.core = core
    let router = try Self.router(core)
    answering(router)
    application = Self.application(core, router: router, onListening: onListening)
  }

  private static func core(
    _ settings: ServerSettings, _ model: ServedModel, _ gates: any GateEngine,
    fleet: UpstreamFleet?, _ logger: Logger
  ) throws -> ServerCore {
    try settings.validate()
    return ServerCore(
      settings: settings, model: model, gates: gates, fleet: fleet, logger: logger,
      startTime: Int(Date().timeIntervalSince1970))
  }

  /// Serves until it is asked to stop: then new work is refused, answers in hand may finish for
  /// `shutdownTime` or fail, and only then the port is closed, so that `/health` tells to the end.
  ///
  /// Throws `ServerError` when the address cannot be used.
  package func run() async throws {
    // A router's connections have one to an upstream each.
    let connections = core.settings.maximumConnections * (core.fleet == nil ? 1 : 2)
    try OpenFiles.require(connections + Self.ownFiles)
    // The last one is stopped first.
    let services: [any Service] = (core.fleet.map { [$0] } ?? []) + [application]
    let group = ServiceGroup(
      configuration: .init(services: services, logger: Self.quiet(core.logger)))
    // Apart from this task's own stopping, which comes before the application's.
    let serving = Task.detached { try await group.run() }
    do {
      try await withTaskCancellationHandler {
        try await withGracefulShutdownHandler {
          try await serving.value
        } onGracefulShutdown: {
          Task { await stop(group) }
        }
      } onCancel: {
        serving.cancel()
      }
    } catch let error as IOError {
      throw Self.reason(error, core.settings)
    }
  }

  private func stop(_ group: ServiceGroup) async {
    core.beginStopping()
    core.logger.info("stopping", metadata: ["connections": "\(core.connections.count)"])
    await core.fleet?.stop(within: core.settings.shutdownTime)
    await core.gates.stop(within: core.settings.shutdownTime)
    await group.triggerGracefulShutdown()
    // Clients that do not take their answers' last bytes are given as long as others.
    try? await Task.sleep(for: core.settings.writeTime)
    core.connections.closeAll()
  }

  private static func reason(_ error: IOError, _ settings: ServerSettings) -> ServerError {
    if error.errnoCode == EADDRINUSE {
      return .portTaken(host: settings.host, port: settings.port)
    }
    return .cannotListen(
      host: settings.host, port: settings.port, reason: String(cString: strerror(error.errnoCode)))
  }

  /// What the HTTP framework says is for its developers.
  private static func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    return quiet
  }

  private static func router(_ core: ServerCore) throws -> Router<PrismContext> {
    let settings = core.settings
    let router = Router(context: PrismContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: RecordMiddleware(metrics: core.metrics, logger: core.logger))
    if let origin = settings.corsOrigin {
      router.add(
        middleware: CORSMiddleware(
          allowOrigin: origin == "*" ? .all : .oneOf(origin),
          exposedHeaders: [
            HTTPField.Name.requestID, .prismRoute, .prismProbability, .prismGateMode,
          ].map(\.canonicalName)))
    }
    router.add(middleware: FailureMiddleware(logger: core.logger))
    router.add(
      middleware: AccessMiddleware(
        keys: KeyRing(settings.keys), isLoopback: settings.isLoopback))
    RouteEndpoint(core: core).add(to: router)
    ModelEndpoints(core: core).add(to: router)
    StateEndpoints(core: core).add(to: router)
    try DescriptionEndpoint(core: core).add(to: router)
    try PageEndpoint().add(to: router)
    return router
  }

  private static func application(
    _ core: ServerCore, router: Router<PrismContext>,
    onListening: @escaping @Sendable (Int) -> Void
  ) -> any Service {
    let settings = core.settings
    let limits = ConnectionGuard.Limits(
      head: TimeAmount(settings.headTime), body: TimeAmount(settings.bodyTime),
      idle: TimeAmount(settings.idleTime), write: TimeAmount(settings.writeTime))
    return Application(
      router: router,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            ConnectionGuard(limits: limits, connections: core.connections)
          ])),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), backlog: 4096,
        availableConnectionsDelegate: .maximum(
          settings.maximumConnections, logger: quiet(core.logger))),
      onServerRunning: { channel in
        onListening(channel.localAddress?.port ?? settings.port)
      },
      logger: quiet(core.logger))
  }
}
