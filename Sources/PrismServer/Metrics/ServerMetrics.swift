import PrismModel
import PrismRouter
import Synchronization

/// What the server has done since it started.
final class ServerMetrics: Sendable {
  private struct RequestKey: Hashable {
    let path: String
    let status: Int
  }

  private struct RouteKey: Hashable {
    let route: String
    let mode: String
  }

  private struct State {
    var requests: [RequestKey: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var routes: [RouteKey: Int] = [:]
    var firstToken = Histogram()
    var promptTokens = 0
    var cachedTokens = 0
    var generatedTokens = 0
  }

  private let state = Mutex(State())

  /// - Parameter path: one of the server's own paths, or `other`, so that strangers cannot make labels.
  func add(path: String, status: Int, seconds: Double, values: RequestRecord.Values) {
    state.withLock { state in
      state.requests[RequestKey(path: path, status: status), default: 0] += 1
      state.seconds[path, default: Histogram()].add(seconds)
      for report in values.reports {
        let key = RouteKey(route: report.route.rawValue, mode: report.mode.rawValue)
        state.routes[key, default: 0] += 1
      }
      for end in values.ends {
        state.promptTokens += end.promptTokens
        state.cachedTokens += end.cachedPromptTokens
        state.generatedTokens += end.generatedTokens
        if let first = end.secondsToFirstToken { state.firstToken.add(first) }
      }
    }
  }

  /// Everything in Prometheus' text format 0.0.4.
  func text(engine: ChatStatistics, connections: Int) -> String {
    let state = state.withLock { $0 }
    var lines: [String] = []
    func family(_ name: String, _ kind: String, _ help: String, _ samples: [String]) {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"] + samples
    }
    family(
      "prism_http_requests_total", "counter", "Answered HTTP requests.",
      state.requests.map { key, count in
        "prism_http_requests_total{path=\"\(key.path)\",status=\"\(key.status)\"} \(count)"
      }.sorted())
    family(
      "prism_http_request_seconds", "histogram", "From a request's head to its answer's end.",
      state.seconds.sorted { $0.key < $1.key }.flatMap { path, histogram in
        histogram.lines("prism_http_request_seconds", labels: "path=\"\(path)\"")
      })
    family(
      "prism_time_to_first_token_seconds", "histogram", "From a request's arrival in the queue.",
      state.firstToken.lines("prism_time_to_first_token_seconds", labels: ""))
    family(
      "prism_routes_total", "counter", "Prompts by the weights that answered them.",
      state.routes.map { key, count in
        "prism_routes_total{route=\"\(key.route)\",mode=\"\(key.mode)\"} \(count)"
      }.sorted())
    for (name, help, value) in [
      ("prompt", "Tokens of prompts.", state.promptTokens),
      ("cached_prompt", "Tokens of prompts that were in memory already.", state.cachedTokens),
      ("generated", "Tokens of answers.", state.generatedTokens),
    ] {
      family("prism_\(name)_tokens_total", "counter", help, ["prism_\(name)_tokens_total \(value)"])
    }
    for (name, help, value) in [
      ("prism_queue_length", "Requests that wait for a place.", engine.queued),
      ("prism_active_rows", "Answers being written.", engine.active),
      ("prism_connections", "Open connections.", connections),
    ] {
      family(name, "gauge", help, ["\(name) \(value)"])
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
