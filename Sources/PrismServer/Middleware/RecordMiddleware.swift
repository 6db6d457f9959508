import HTTPTypes
import Hummingbird
import Logging
import PrismModel

/// The outermost layer: every failure becomes an answer, and every answer is counted and logged when
/// its last byte is written.
struct RecordMiddleware: RouterMiddleware {
  let metrics: ServerMetrics
  let logger: Logger

  func handle(
    _ request: Request, context: PrismContext,
    next: (Request, PrismContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response = try await next(request, context)
    response.headers[.requestID] = context.id
    response.headers[.contentTypeOptions] = "nosniff"
    let status = response.status.code
    let finish: @Sendable () -> Void = {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      self.finish(request, context, status: status, seconds: seconds)
    }
    guard response.body.contentLength == nil else {
      finish()
      return response
    }
    let body = response.body
    response.body = ResponseBody { writer in
      defer { finish() }
      try await body.write(writer)
    }
    return response
  }

  private func finish(
    _ request: Request, _ context: PrismContext, status: Int, seconds: Double
  ) {
    let values = context.record.current
    let path = Endpoint.of(request.uri.path)?.pattern ?? "other"
    metrics.add(path: path, status: status, seconds: seconds, values: values)
    var metadata = values.metadata
    metadata["id"] = "\(context.id)"
    metadata["method"] = "\(request.method)"
    metadata["path"] = "\(path)"
    metadata["status"] = "\(status)"
    metadata["seconds"] = "\((seconds * 10_000).rounded() / 10_000)"
    if let first = values.ends.map(\.secondsToFirstToken).min() {
      metadata["first-token-seconds"] = "\((first * 10_000).rounded() / 10_000)"
    }
    logger.log(level: status >= 500 ? .error : .info, "request", metadata: metadata)
  }
}

/// Turns what the layers below throw into answers, and says why in the log where it is our fault.
struct FailureMiddleware: RouterMiddleware {
  let logger: Logger

  func handle(
    _ request: Request, context: PrismContext,
    next: (Request, PrismContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      var failure = APIError(error)
      if failure.status == .notFound, failure.param == nil,
        let endpoint = Endpoint.of(request.uri.path), !endpoint.answers(request.method)
      {
        failure = .wrongMethod(request.method.rawValue, allowed: endpoint.allowed)
      }
      if failure.status == .internalServerError {
        logger.error("failure", metadata: ["id": "\(context.id)", "reason": "\(error)"])
      }
      let code = failure.code ?? "\(failure.status.code)"
      context.record.update { $0.failure = code }
      return try failure.response()
    }
  }
}

extension HTTPField.Name {
  static let requestID = HTTPField.Name("x-request-id")!
  static let contentTypeOptions = HTTPField.Name("x-content-type-options")!
  static let prismRoute = HTTPField.Name("x-prism-route")!
  static let prismProbability = HTTPField.Name("x-prism-probability")!
  static let prismGateMode = HTTPField.Name("x-prism-gate-mode")!
  static let accelBuffering = HTTPField.Name("x-accel-buffering")!
}
