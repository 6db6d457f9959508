import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOPosix
import PrismModel

/// Why an upstream gave no answer, or no whole one.
struct UpstreamFailure: Error, Hashable {
  enum Kind: String {
    /// Nothing was sent.
    case unreachable
    /// The connection broke before the answer was complete.
    case broken
  }

  let kind: Kind
  /// For the operator's log.
  let reason: String

  init(_ error: any Error) {
    reason = "\(error)"
    switch error {
    case is NIOConnectionError: kind = .unreachable
    case let error as IOError
    where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
      kind = .unreachable
    case let error as HTTPClientError
    where [.connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout].contains(error):
      kind = .unreachable
    default: kind = .broken
    }
  }
}

extension APIError {
  /// No server for the route is up.
  static func upstreamDown(_ route: Route, seconds: Int) -> APIError {
    APIError(
      status: .serviceUnavailable,
      message: "No server that answers \(route) requests is up; try again in \(seconds) s.",
      type: "server_error", code: "upstream_down", headers: [.retryAfter: "\(seconds)"])
  }

  static func upstream(_ failure: UpstreamFailure) -> APIError {
    switch failure.kind {
    case .unreachable:
      APIError(
        status: .badGateway, message: "The server behind the router could not be reached.",
        type: "server_error", code: "upstream_unreachable")
    case .broken:
      APIError(
        status: .badGateway,
        message: "The server behind the router broke off before its answer was complete.",
        type: "server_error", code: "upstream_broken")
    }
  }

  /// Passing on the upstream's 401 would tell clients that their own key is wrong.
  static let upstreamKey = APIError(
    status: .badGateway, message: "The server behind the router does not accept the router's key.",
    type: "server_error", code: "upstream_key")
}

/// Calls `body`, for at most the time until `deadline`; throws `error` when it took longer.
func withDeadline<Value: Sendable>(
  _ deadline: ContinuousClock.Instant, _ error: some Error,
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(until: deadline)
      throw error
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw error }
    return value
  }
}
