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
    /// A name of the model table, so that strangers cannot make labels.
    let model: String
    let route: String
    let mode: String

    var labels: String { "model=\"\(model)\",route=\"\(route)\",mode=\"\(mode)\"" }
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
        let key = RouteKey(
          model: Self.escaped(values.model ?? ""), route: report.route.rawValue,
          mode: report.mode.rawValue)
        state.routes[key, default: 0] += 1
      }
      for end in values.ends {
        state.promptTokens += end.promptTokens
        state.cachedTokens += end.cachedPromptTokens
        state.generatedTokens += end.generatedTokens
        state.firstToken.add(end.secondsToFirstToken)
      }
    }
  }

  /// Everything in Prometheus' text format 0.0.4.
  func text(engine: ServingStatistics, connections: Int) -> String {
    let state = state.withLock { $0 }
    var text = MetricsText()
    text.family(
      "prism_http_requests_total", "counter", "Answered HTTP requests.",
      state.requests.map { key, count in
        "prism_http_requests_total{path=\"\(key.path)\",status=\"\(key.status)\"} \(count)"
      }.sorted())
    text.family(
      "prism_http_request_seconds", "histogram", "From a request's head to its answer's end.",
      state.seconds.sorted { $0.key < $1.key }.flatMap { path, histogram in
        histogram.lines("prism_http_request_seconds", labels: "path=\"\(path)\"")
      })
    text.family(
      "prism_time_to_first_token_seconds", "histogram", "From a request's arrival in the queue.",
      state.firstToken.lines("prism_time_to_first_token_seconds", labels: ""))
    text.family(
      "prism_routes_total", "counter", "Prompts by the weights that answered them.",
      state.routes.map { key, count in
        "prism_routes_total{\(key.labels)} \(count)"
      }.sorted())
    for (name, help, value) in [
      ("prompt_tokens", "Tokens of prompts.", state.promptTokens),
      ("cached_prompt_tokens", "Tokens of prompts that were in memory.", state.cachedTokens),
      ("generated_tokens", "Tokens of answers.", state.generatedTokens),
      ("drafted_tokens", "Tokens of answers that were guessed.", engine.draftedTokens),
      ("accepted_draft_tokens", "Guesses that were right.", engine.acceptedDraftTokens),
      ("steps", "Forward passes of the engine.", engine.steps),
      ("answers_cancelled", "Answers whose client left.", engine.cancelled),
      ("answers_expired", "Answers that took too long.", engine.expired),
    ] {
      text.family("prism_\(name)_total", "counter", help, ["prism_\(name)_total \(value)"])
    }
    for (name, help, value) in [
      ("queue_length", "Requests that wait for a place.", engine.queued),
      ("active_rows", "Answers being written.", engine.active),
      ("cache_blocks", "Blocks for keys and values of 64 tokens.", engine.keyValueBlocksTotal),
      ("cache_blocks_used", "Blocks of answers and kept prefixes.", engine.keyValueBlocksUsed),
      ("cache_blocks_kept", "Blocks of kept prefixes.", engine.keyValueBlocksKept),
      ("connections", "Open connections.", connections),
    ] {
      text.family("prism_\(name)", "gauge", help, ["prism_\(name) \(value)"])
    }
    return text.text
  }

  /// As the text format wants a label's value; the operator may choose any name for the model.
  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }
}
