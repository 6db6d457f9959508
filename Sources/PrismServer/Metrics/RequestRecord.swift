import Logging
import PrismModel
import PrismRouter
import Synchronization

/// What is learnt about one request on its way, for the log and the metrics.
final class RequestRecord: Sendable {
  struct Values: Sendable {
    var model: String?
    var user: String?
    var reports: [PrismReport] = []
    var ends: [ServingEnd] = []
    /// From the parsed request to the gate's answer, where a router asked it.
    var decisionSeconds: Double?
    /// The upstream that got the request last, and how many got it.
    var upstream: String?
    var attempts = 0
    /// The code of the refusal or failure.
    var failure: String?
    /// Set only where the operator asked for texts in the log.
    var prompt: String?
  }

  private let values = Mutex(Values())

  var current: Values { values.withLock { $0 } }

  func update(_ body: (inout Values) -> Void) { values.withLock { body(&$0) } }
}

extension RequestRecord.Values {
  /// As key and value, without any text of prompt or answer unless the operator asked for it.
  var metadata: Logger.Metadata {
    var result: Logger.Metadata = [:]
    if let model { result["model"] = "\(model)" }
    if let user { result["user"] = "\(user.prefix(64).debugDescription)" }
    if let report = reports.first {
      result["route"] = "\(Self.route(of: reports))"
      result["gate-mode"] = "\(report.mode.rawValue)"
      if let probability = report.probability.value { result["probability"] = "\(probability)" }
    }
    if !ends.isEmpty {
      result["prompt-tokens"] = "\(ends.reduce(0) { $0 + $1.promptTokens })"
      result["cached-tokens"] = "\(ends.reduce(0) { $0 + $1.cachedPromptTokens })"
      result["generated-tokens"] = "\(ends.reduce(0) { $0 + $1.generatedTokens })"
    }
    if let decisionSeconds {
      result["decision-seconds"] = "\((decisionSeconds * 1_000_000).rounded() / 1_000_000)"
    }
    if let upstream {
      result["upstream"] = "\(upstream)"
      result["attempts"] = "\(attempts)"
    }
    if let failure { result["failure"] = "\(failure)" }
    if let prompt { result["prompt"] = "\(prompt.debugDescription)" }
    return result
  }

  /// `mixed` where several prompts of one request went different ways.
  static func route(of reports: [PrismReport]) -> String {
    let routes = Set(reports.map(\.route))
    return routes.count == 1 ? reports[0].route.rawValue : "mixed"
  }
}
