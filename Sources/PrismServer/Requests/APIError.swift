import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import PrismModel

/// A refusal as OpenAI's API words it: `{"error": {"message", "type", "param", "code"}}`.
struct APIError: Error, HTTPResponseError {
  var status: HTTPResponse.Status
  var message: String
  var type = "invalid_request_error"
  /// The field that is wrong.
  var param: String?
  var code: String?
  var headers: HTTPFields = [:]

  func response(from request: Request, context: some RequestContext) throws -> Response {
    try response()
  }

  func response() throws -> Response {
    var response = try Response.json(ErrorBody(self), status: status)
    for field in headers { response.headers[field.name] = field.value }
    return response
  }
}

/// The body of every refusal, and the event that ends a stream that failed.
struct ErrorBody: Encodable {
  struct Content: Encodable {
    let message: String
    let type: String
    let param: String?
    let code: String?

    private enum CodingKeys: CodingKey { case message, type, param, code }

    /// All four keys are always there, as clients expect.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(message, forKey: .message)
      try container.encode(type, forKey: .type)
      try container.encode(param, forKey: .param)
      try container.encode(code, forKey: .code)
    }
  }

  let error: Content

  init(_ error: APIError) {
    self.error = Content(
      message: error.message, type: error.type, param: error.param, code: error.code)
  }
}

extension APIError {
  static func invalid(_ param: String?, _ message: String, code: String? = nil) -> APIError {
    APIError(status: .badRequest, message: message, param: param, code: code)
  }

  static func modelNotFound(_ id: String, known: [String]) -> APIError {
    APIError(
      status: .notFound,
      message: "The model \"\(id.prefix(80))\" is not served here; served: "
        + known.joined(separator: ", ") + ".",
      param: "model", code: "model_not_found")
  }

  static let unauthorized = APIError(
    status: .unauthorized,
    message: "The request needs one of this server's keys in the header Authorization: Bearer KEY.",
    code: "invalid_api_key", headers: [.wwwAuthenticate: "Bearer"])

  static func wrongMethod(_ method: String, allowed: String) -> APIError {
    APIError(
      status: .methodNotAllowed, message: "This path answers \(allowed), not \(method.prefix(20)).",
      code: "method_not_allowed", headers: [.allow: allowed])
  }

  static let notFound = APIError(
    status: .notFound, message: "There is nothing at this path; /openapi.json lists all paths.",
    code: "not_found")

  static let wrongHost = APIError(
    status: .forbidden,
    message: "A server on the loopback address without keys answers only to its own names; "
      + "ask for localhost, or start it with keys.",
    code: "wrong_host")

  static let wrongType = APIError(
    status: .unsupportedMediaType,
    message: "The body must be sent as Content-Type: application/json.",
    code: "unsupported_media_type")

  static func tooLarge(limit: Int?) -> APIError {
    APIError(
      status: .contentTooLarge,
      message: "The body is larger than \(limit.map { "\($0) bytes" } ?? "this server reads").",
      code: "body_too_large", headers: [.connection: "close"])
  }

  static let bodyTimeout = APIError(
    status: .requestTimeout, message: "The body did not arrive in time.", type: "timeout",
    code: "body_timeout", headers: [.connection: "close"])

  static let headTimeout = APIError(
    status: .requestTimeout, message: "The request did not arrive in time.", type: "timeout",
    code: "request_timeout", headers: [.connection: "close"])

  static let stopping = APIError(
    status: .serviceUnavailable, message: "The server is stopping.", type: "server_error",
    code: "stopping", headers: [.connection: "close"])

  static let deadline = APIError(
    status: .gatewayTimeout, message: "The answer took longer than the server allows.",
    type: "timeout", code: "deadline_exceeded")

  /// Nobody is left to read it; the status, which nginx also uses, is for log and metrics.
  static let clientGone = APIError(
    status: .init(code: 499, reasonPhrase: "Client Closed Request"),
    message: "The client closed the connection.", code: "client_gone",
    headers: [.connection: "close"])

  static let unexpected = APIError(
    status: .internalServerError, message: "The server failed; its log says why.",
    type: "server_error", code: "internal_error")

  /// What any error of the layers below means to a client. Unknown ones become a 500.
  init(_ error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as ServingError: self.init(engine: error)
    case let error as ModelError: self.init(model: error)
    case is CancellationError: self = .clientGone
    case is NIOTooManyBytesError: self = .tooLarge(limit: nil)
    case is HTTPParserError:
      self = .invalid(nil, "The request is no valid HTTP.", code: "invalid_http")
      headers[.connection] = "close"
    case let error as any HTTPResponseError where error.status == .notFound: self = .notFound
    case let error as any HTTPResponseError where error.status.kind == .clientError:
      self.init(status: error.status, message: "The request is refused: \(error.status).")
    default: self = .unexpected
    }
  }

  private init(engine error: ServingError) {
    switch error {
    case .queueFull(let seconds):
      self.init(
        status: .tooManyRequests, message: "The queue is full; try again in \(seconds) s.",
        type: "rate_limit_error", code: "queue_full", headers: [.retryAfter: "\(seconds)"])
    case .promptTooLong(let tokens, let limit): self = .promptTooLong(tokens, limit: limit - 1)
    case .deadlineExceeded: self = .deadline
    case .stopping: self = .stopping
    case .unknownBundle: self = .unexpected
    }
  }

  private init(model error: ModelError) {
    switch error {
    case .promptTooLong(let tokens, let length): self = .promptTooLong(tokens, limit: length - 1)
    case .template(_, _, let reason):
      self = .invalid("messages", "The model's chat template refuses these messages: \(reason).")
    case .invalidSetting: self = .invalid("messages", "The request is refused: \(error).")
    default: self = .unexpected
    }
  }

  static func promptTooLong(_ tokens: Int, limit: Int) -> APIError {
    .invalid(
      "messages", "The prompt has \(tokens) tokens; at most \(limit) are allowed.",
      code: "context_length_exceeded")
  }
}

extension Response {
  /// Keys in order, so that equal answers are equal bytes.
  static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    var buffer = ByteBuffer(bytes: try JSONText.encode(value))
    buffer.writeString("\n")
    return Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: buffer))
  }
}

enum JSONText {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value)
  }

  /// A server-sent event.
  static func event(_ value: some Encodable) throws -> ByteBuffer {
    var buffer = ByteBuffer(string: "data: ")
    buffer.writeBytes(try encode(value))
    buffer.writeString("\n\n")
    return buffer
  }
}
