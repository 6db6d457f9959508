import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What all endpoints share.
final class ServerCore: Sendable {
  let settings: ServerSettings
  let limits: ServerLimits
  let model: ServedModel
  let table: ModelTable
  let gates: any GateEngine
  /// The servers that answer; nil where this one does.
  let fleet: UpstreamFleet?
  let metrics = ServerMetrics()
  let connections = Connections()
  let logger: Logger
  /// Seconds since 1970.
  let startTime: Int
  private let stopping = Atomic(false)

  init(
    settings: ServerSettings, model: ServedModel, gates: any GateEngine, fleet: UpstreamFleet?,
    logger: Logger, startTime: Int
  ) {
    self.settings = settings
    self.model = model
    self.gates = gates
    self.fleet = fleet
    self.logger = logger
    self.startTime = startTime
    limits = settings.limits(contextLength: model.contextLength)
    table = ModelTable(model)
  }

  var isStopping: Bool { stopping.load(ordering: .relaxed) }

  func beginStopping() { stopping.store(true, ordering: .relaxed) }

  /// The body of a request that asks for work. Throws `APIError` for one that is too large, of
  /// another type or late, and while the server stops.
  func body(of request: Request) async throws -> ByteBuffer {
    guard !isStopping else { throw APIError.stopping }
    let type = request.headers[.contentType]?.prefix { $0 != ";" } ?? ""
    // Browsers ask before they send this type to another site's server, and are told no.
    guard type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
      throw APIError.wrongType
    }
    let limit = settings.maximumBodyBytes
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw APIError.tooLarge(limit: limit)
    }
    do {
      return try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError.tooLarge(limit: limit)
    }
  }
}
