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

  /// - Parameter onListening: called with the port, once clients can connect.
  /// - Throws: `ServerError` when a setting is out of range.
  package init(
    settings: ServerSettings, model: ServedModel, engine: any ChatEngine, logger: Logger,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    try settings.validate()
    core = ServerCore(
      settings: settings, model: model, engine: engine, logger: logger,
      startTime: Int(Date().timeIntervalSince1970))
    application = Self.application(core, router: try Self.router(core), onListening: onListening)
  }

  /// Serves until it is asked to stop: then new work is refused, answers in hand may finish for
  /// `shutdownTime` or fail, and only then the port is closed, so that `/health` tells to the end.
  ///
  /// Throws `ServerError` when the address cannot be used.
  package func run() async throws {
    try OpenFiles.require(core.settings.maximumConnections + Self.ownFiles)
    let group = ServiceGroup(
      configuration: .init(services: [application], logger: Self.quiet(core.logger)))
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
    await core.engine.stop(within: core.settings.shutdownTime)
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
    let page = ServerResources.path("page")
    if FileManager.default.fileExists(atPath: page) {
      router.add(
        middleware: FileMiddleware(page, searchForIndexHtml: true, logger: quiet(core.logger)))
    }
    CompletionEndpoints(core: core).add(to: router)
    RouteEndpoint(core: core).add(to: router)
    ModelEndpoints(core: core).add(to: router)
    StateEndpoints(core: core).add(to: router)
    try DescriptionEndpoint(core: core).add(to: router)
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
