import Foundation
import PrismModel
import PrismServer

/// A router in front of fake upstreams, for the time of a test.
enum UpstreamFixture {
  /// - Parameters:
  ///   - upstreams: each with what it answers; nil for both.
  ///   - adjust: changes the upstreams' settings.
  static func run(
    _ upstreams: [(FakeUpstream, Route?)], engine: ScriptedChatEngine = ScriptedChatEngine(),
    change: (inout ServerSettings) -> Void = { _ in },
    adjust: (inout UpstreamSettings) -> Void = { _ in },
    _ body: @Sendable (LiveServer) async throws -> Void
  ) async throws {
    var arguments: [Upstream] = []
    for (upstream, route) in upstreams {
      try await upstream.start()
      arguments.append(try Upstream((route.map { "\($0.rawValue)=" } ?? "") + upstream.url))
    }
    var settings = UpstreamSettings(
      upstreams: arguments, baseName: "served-base", adapterName: "served-adapter")
    settings.healthTime = .milliseconds(80)
    settings.connectTime = .seconds(2)
    adjust(&settings)
    do {
      try await LiveServer.run(gates: engine, upstream: settings, change: change, body)
    } catch {
      for (upstream, _) in upstreams { try await upstream.stop() }
      throw error
    }
    for (upstream, _) in upstreams { try await upstream.stop() }
  }

  /// One base and one adapter server, each saying who it is.
  static func pair() -> (base: FakeUpstream, adapter: FakeUpstream) {
    (FakeUpstream(named: "base"), FakeUpstream(named: "adapter"))
  }
}
