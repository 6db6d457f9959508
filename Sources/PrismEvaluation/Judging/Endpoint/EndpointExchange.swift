import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Sends one request once.
struct EndpointExchange: Sendable {
  let client: HTTPClient
  let address: EndpointAddress
  let key: EndpointKey?
  let responseBytes: Int

  /// Redirects are not followed, and connections are not tried again behind our back.
  static func configuration(_ settings: EndpointJudgeSettings) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.concurrency
    return configuration
  }

  /// The judge's words. Throws only `CancellationError`; an answer that came before the
  /// cancellation is returned.
  func reply(
    to body: Data, within timeout: Duration
  ) async throws -> Result<String, EndpointFailure> {
    try await withThrowingTaskGroup(of: Result<String, EndpointFailure>.self) { group in
      group.addTask { await send(body) }
      group.addTask {
        try await Task.sleep(for: timeout)
        return .failure(.timeout(timeout))
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      if case .failure = first { try Task.checkCancellation() }
      return first
    }
  }

  private func send(_ body: Data) async -> Result<String, EndpointFailure> {
    var request = HTTPClientRequest(url: address.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Accept", value: "application/json")
    if let key { request.headers.add(name: "Authorization", value: key.authorization) }
    request.body = .bytes(body)
    do {
      // The time limit spans head and body, so it is kept outside.
      let response = try await client.execute(request, deadline: .distantFuture)
      let bytes = try await whole(response.body)
      return judged(response, bytes)
    } catch {
      return .failure(.connection(error))
    }
  }

  private func judged(
    _ response: HTTPClientResponse, _ bytes: Data?
  ) -> Result<String, EndpointFailure> {
    let hiding = { (text: String) in key?.hidden(in: text) ?? text }
    let code = Int(response.status.code)
    guard (200..<300).contains(code) else {
      return .failure(
        .status(
          code, message: bytes.flatMap { ChatCompletion.complaint(in: $0, hiding: hiding) },
          retryAfter: response.headers.first(name: "Retry-After"), key: key))
    }
    guard let bytes else { return .failure(.tooLarge(responseBytes)) }
    return ChatCompletion.reply(from: bytes, hiding: hiding)
  }

  /// The whole body; nil once it is larger than allowed, and the rest is not received.
  private func whole(_ body: HTTPClientResponse.Body) async throws -> Data? {
    var data = Data()
    for try await chunk in body {
      guard data.count + chunk.readableBytes <= responseBytes else { return nil }
      data.append(contentsOf: chunk.readableBytesView)
    }
    return data
  }
}
