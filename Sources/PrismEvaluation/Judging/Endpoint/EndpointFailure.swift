import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Why a request has no answer.
struct EndpointFailure: Error, Hashable, Sendable {
  enum Reach: Hashable, Sendable {
    /// May be gone at the next attempt.
    case passing
    /// Stays for this request; others may be answered.
    case request
    /// Stays for every request.
    case endpoint
  }

  let reach: Reach
  /// One clause a user can act on, without the key.
  let reason: String
  /// The `Retry-After` header.
  var retryAfter: String?

  /// A status other than success. `message` is the server's own, with the key hidden.
  static func status(
    _ code: Int, message: String?, retryAfter: String?, key: EndpointKey?
  ) -> EndpointFailure {
    let said = message.map { " (the endpoint says: \($0))" } ?? ""
    // 401 and 403 leave out the server's words: they may hold a piece of the key.
    let whichKey = key.map { "the key in \($0.variable)" } ?? "a request without a key"
    switch code {
    case 300..<400:
      return EndpointFailure(
        reach: .endpoint,
        reason:
          "the endpoint redirects (\(code)), which is not followed so that the key stays with its host; give the URL it leads to"
      )
    case 400:
      return EndpointFailure(
        reach: .request,
        reason:
          "the endpoint cannot use the request (400)\(said); check the model's name and maximumTokens"
      )
    case 401:
      return EndpointFailure(
        reach: .endpoint, reason: "the endpoint does not accept \(whichKey) (401); set a valid key")
    case 403:
      return EndpointFailure(
        reach: .request,
        reason:
          "the endpoint does not allow this for \(whichKey) (403); check the key's rights, or whether the endpoint filters what it is asked"
      )
    case 404:
      return EndpointFailure(
        reach: .endpoint,
        reason:
          "the endpoint knows no such address or model (404)\(said); check the URL and the model's name"
      )
    case 408, 429, 500, 502, 503, 504:
      return EndpointFailure(
        reach: .passing, reason: "the endpoint answered with status \(code)\(said)",
        retryAfter: retryAfter)
    default:
      return EndpointFailure(
        reach: .request, reason: "the endpoint answered with status \(code)\(said)")
    }
  }

  static func timeout(_ duration: Duration) -> EndpointFailure {
    EndpointFailure(reach: .passing, reason: "no whole answer came within \(duration)")
  }

  static func tooLarge(_ bytes: Int) -> EndpointFailure {
    EndpointFailure(
      reach: .request,
      reason: "the answer is larger than \(bytes) bytes; check that this is a chat endpoint")
  }

  /// An answer with status success that is not a chat completion.
  static func malformed(_ problem: String, beginning: String) -> EndpointFailure {
    EndpointFailure(
      reach: .passing,
      reason: "the answer \(problem)\(beginning.isEmpty ? "" : ", beginning \"\(beginning)\"")")
  }

  static func deadline(_ duration: Duration, last: EndpointFailure?) -> EndpointFailure {
    EndpointFailure(
      reach: .endpoint,
      reason: "the deadline of \(duration) for all requests passed"
        + (last.map { " (before that: \($0.reason))" } ?? ""))
  }

  /// No connection, or one that broke.
  static func connection(_ error: any Error) -> EndpointFailure {
    let reason: String
    switch error {
    case is NIOConnectionError:
      reason = "no connection to the endpoint; check the URL and that it is running"
    case let error as IOError
    where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
      reason = "no connection to the endpoint; check the URL and that it is running"
    case let error as HTTPClientError where error == .connectTimeout:
      reason = "no connection to the endpoint within the time allowed; check the URL"
    default:
      reason = "the connection broke before the answer was complete (\(error))"
    }
    return EndpointFailure(reach: .passing, reason: reason)
  }

  /// The same failure once its attempts are spent.
  func afterAttempts(_ attempts: Int) -> EndpointFailure {
    guard attempts > 1 else { return self }
    return EndpointFailure(reach: reach, reason: "\(reason), after \(attempts) attempts")
  }
}
