import Hummingbird
import Logging
import NIOCore

/// What travels with one HTTP request.
struct PrismContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  let record = RequestRecord()

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Tells when this request's client goes away; nil where requests do not come from a connection.
  func clientWatch() async throws -> ClientWatch? {
    let channel = channel
    return try await channel.eventLoop.submit {
      // Routers are also run without a server, in tests; then there is no such handler.
      try? channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).watch
    }.get()
  }
}
