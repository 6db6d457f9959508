import HTTPTypes
import PrismModel
import Synchronization

/// What became of requests at each upstream, and how long decisions took.
final class UpstreamMetrics: Sendable {
  private struct Key: Hashable {
    let index: Int
    let outcome: String
  }

  private struct State {
    var requests: [Key: Int] = [:]
    var decisions = Histogram(bounds: UpstreamMetrics.bounds)
  }

  /// Seconds; decisions are faster than answers.
  private static let bounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
  ]

  private let upstreams: [Upstream]
  private let state = Mutex(State())

  init(_ upstreams: [Upstream]) { self.upstreams = upstreams }

  func add(_ index: Int, _ outcome: UpstreamExchange.Outcome) {
    let name =
      switch outcome {
      case .answered(let status): "\(status)"
      case .failed(let failure): failure.kind.rawValue
      case .ended(let error as APIError) where error.status == .gatewayTimeout: "deadline"
      case .ended: "cancelled"
      }
    state.withLock { $0.requests[Key(index: index, outcome: name), default: 0] += 1 }
  }

  /// - Parameter seconds: from the parsed request to the gate's answer, waiting included.
  func addDecision(seconds: Double) { state.withLock { $0.decisions.add(seconds) } }

  /// In Prometheus' text format 0.0.4.
  func text(_ standing: [(isUp: Bool, active: Int)]) -> String {
    let state = state.withLock { $0 }
    var text = MetricsText()
    text.family(
      "prism_upstream_requests_total", "counter",
      "Requests sent to upstreams, by status or by what went wrong.",
      state.requests.map { key, count in
        "prism_upstream_requests_total{upstream=\"\(upstreams[key.index].label)\""
          + ",outcome=\"\(key.outcome)\"} \(count)"
      }.sorted())
    func gauge(_ name: String, _ help: String, _ value: (Int) -> Int) {
      text.family(
        name, "gauge", help,
        upstreams.indices.map { "\(name){upstream=\"\(upstreams[$0].label)\"} \(value($0))" })
    }
    gauge("prism_upstream_up", "1 where the last check or request found the upstream well.") {
      standing[$0].isUp ? 1 : 0
    }
    gauge("prism_upstream_active", "Requests under way at the upstream.") { standing[$0].active }
    text.family(
      "prism_decision_seconds", "histogram", "The gate's decision, waiting included.",
      state.decisions.lines("prism_decision_seconds", labels: ""))
    return text.text
  }
}
