import AsyncHTTPClient
import Foundation

/// A model behind an OpenAI-compatible endpoint as the judge: `POST {URL}/v1/chat/completions`,
/// temperature 0, one message a request.
///
/// Timeouts, broken connections, answers that are not chat completions and the statuses 408, 429,
/// 500, 502, 503 and 504 are tried again with growing waits; other statuses are not. Requests that
/// fail for good leave the others alone: those are finished and cached, and then one error reports
/// all failures. Nothing more is sent once the key, the address or the model turns out wrong.
public struct EndpointJudge: AnswerJudge {
  public let settings: EndpointJudgeSettings
  let address: EndpointAddress
  let key: EndpointKey?
  let cache: JudgeCache
  let clock: EndpointClock
  private let prompts: AnswerJudgePrompts

  /// `url` with or without `/v1`. Throws `EvaluationError.judgeSetting` for what cannot be used.
  public init(
    url: String, settings: EndpointJudgeSettings, key: EndpointKey?, cache: JudgeCache
  ) throws {
    try self.init(url: url, settings: settings, key: key, cache: cache, clock: .system)
  }

  package init(
    url: String, settings: EndpointJudgeSettings, key: EndpointKey?, cache: JudgeCache,
    clock: EndpointClock
  ) throws {
    try settings.validate()
    address = try EndpointAddress(url)
    prompts = try AnswerJudgePrompts()
    self.settings = settings
    self.key = key
    self.cache = cache
    self.clock = clock
  }

  /// Model and address, for the results' provenance.
  public var name: String { "\(settings.model) at \(address.label)" }

  public func verdicts(
    on requests: [JudgeRequest], progress: (JudgeProgress) throws -> Void
  ) async throws -> [AnswerReading] {
    let questions = try requests.map { try question($0) }
    var missing = MissingReplies(questions: questions, cache: cache)
    if missing.cached > 0 { try progress(missing.progress) }
    if !missing.questions.isEmpty {
      try await HTTPClient.withHTTPClient(
        configuration: EndpointExchange.configuration(settings)
      ) { client in
        let exchange = EndpointExchange(
          client: client, address: address, key: key, responseBytes: settings.responseBytes)
        try await ask(&missing, EndpointRequests(judge: self, exchange: exchange), progress)
      }
    }
    let readings = zip(requests, questions).compactMap { request, question in
      cache.reply(for: question.key).map { AnswerReading(reply: $0, kind: request.kind) }
    }
    guard readings.count == requests.count else {
      throw EvaluationError.judgeIncomplete(
        endpoint: address.label, failed: missing.failed,
        notAsked: requests.count - readings.count - missing.failed, total: requests.count,
        reason: missing.firstReason ?? "no request was sent", cache: cache.path)
    }
    return readings
  }

  private func question(_ request: JudgeRequest) throws -> EndpointQuestion {
    let prompt = try prompts.text(for: request)
    return EndpointQuestion(
      key: JudgeCacheKey([
        ("endpoint", address.label), ("model", settings.model), ("prompt", prompt),
        ("temperature", "\(ChatCompletion.temperature)"),
        ("maximumTokens", "\(settings.maximumTokens)"),
      ]),
      body: try ChatCompletion.request(
        model: settings.model, prompt: prompt, maximumTokens: settings.maximumTokens))
  }

  /// Keeps `concurrency` requests under way until all are finished or sending stops.
  private func ask(
    _ missing: inout MissingReplies, _ requests: EndpointRequests,
    _ progress: (JudgeProgress) throws -> Void
  ) async throws {
    var stops = EndpointStop(failuresInARow: settings.failuresInARow)
    var next = 0
    var running = 0
    try await withThrowingTaskGroup(of: (order: Int, failure: EndpointFailure?).self) { group in
      while true {
        while running < settings.concurrency, next < missing.questions.count, !stops.isReached {
          if let failure = requests.deadlinePassed {
            stops.note(failure)
            missing.note(failure, order: next, counts: false)
            break
          }
          let order = next
          let question = missing.questions[order]
          group.addTask { (order, try await requests.finish(question)) }
          next += 1
          running += 1
        }
        guard running > 0, let finished = try await group.next() else { break }
        running -= 1
        stops.note(finished.failure)
        missing.note(finished.failure, order: finished.order, counts: true)
        try progress(missing.progress)
      }
    }
    try Task.checkCancellation()
  }
}
