import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Asks every upstream's `GET /health` again and again while the server runs.
extension UpstreamFleet: Service {
  /// In which a health check must be answered.
  private static let checkTime = Duration.seconds(5)
  /// Bytes of a health check's answer that are read.
  private static let answerLimit = 1 << 16

  private struct CheckTimeout: Error {}

  /// Returns when the service group stops; connections are closed then.
  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in self.upstreams.indices {
            group.addTask { try await self.watch(index) }
          }
          try await group.waitForAll()
        }
      }
    } catch is CancellationError {
      // How the watching ends.
    }
    try await close()
  }

  private func watch(_ index: Int) async throws {
    while true {
      try await Task.sleep(for: await check(index))
    }
  }

  /// Returns the time until the next check.
  private func check(_ index: Int) async -> Duration {
    do {
      let status = try await withDeadline(.now + Self.checkTime, CheckTimeout()) {
        try await self.ask(index)
      }
      // Servers without this path still answer.
      return note(index, problem: status < 500 ? nil : "health check answers \(status)")
    } catch is CheckTimeout {
      // A server with all its hands full may let a check wait.
      if standing[index].active > 0 { return settings.healthTime }
      return note(index, problem: "health check is not answered")
    } catch {
      if Task.isCancelled { return settings.healthTime }
      return note(index, problem: UpstreamFailure(error).reason)
    }
  }

  private func ask(_ index: Int) async throws -> Int {
    var request = HTTPClientRequest(url: upstreams[index].url + "/health")
    if let key = settings.key {
      request.headers.add(name: "Authorization", value: key.authorization)
    }
    let response = try await openClient().execute(request, deadline: .distantFuture)
    var left = Self.answerLimit
    for try await bytes in response.body {
      left -= bytes.readableBytes
      if left < 0 { break }
    }
    return Int(response.status.code)
  }
}
