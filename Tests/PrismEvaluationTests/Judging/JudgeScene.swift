import Foundation
import NIOCore
import PrismEvaluation
import Testing

/// A judge before a fake endpoint, with a cache of its own and a clock that never waits.
struct JudgeScene {
  static let key = "sk-fake-0123456789"

  let folder: JudgeFolder
  let clock = FakeJudgeClock()
  var settings: EndpointJudgeSettings

  init(concurrency: Int = 4, attempts: Int = 3) throws {
    folder = try JudgeFolder()
    settings = EndpointJudgeSettings(model: "judge-model")
    settings.concurrency = concurrency
    settings.attempts = attempts
    // Long enough for a busy machine; tests of timeouts set their own.
    settings.attemptTimeout = .seconds(60)
  }

  static func refusals(_ count: Int) throws -> [JudgeRequest] {
    try (0..<count).map {
      try JudgeRequest(kind: .refusal, turns: ["query <\($0)>"], answers: ["answer \($0)"])
    }
  }

  /// The right answer to `refusals`: even ones refuse.
  static func right(_ request: FakeEndpoint.Request) -> FakeEndpoint.Answer {
    .reply(number(request).isMultiple(of: 2) ? "Yes" : "No")
  }

  static func number(_ request: FakeEndpoint.Request) -> Int {
    request.prompt.firstMatch(of: /query <([0-9]+)>/).flatMap { Int($0.1) } ?? -1
  }

  /// Opens the cache, judges, closes it again, as one run of a command does.
  func run(
    _ requests: [JudgeRequest], at url: String, progress: (JudgeProgress) throws -> Void = { _ in }
  ) async throws -> [AnswerReading] {
    let judge = try EndpointJudge(
      url: url, settings: settings, key: EndpointKey(Self.key, variable: "JUDGE_KEY"),
      cache: folder.cache(), clock: clock.clock)
    return try await judge.verdicts(on: requests, progress: progress)
  }

  /// The error of a run that must not succeed, which never holds the key.
  func failure(
    _ requests: [JudgeRequest], at url: String
  ) async throws -> (failed: Int, notAsked: Int, reason: String) {
    let error = try await #require(throws: EvaluationError.self) {
      _ = try await run(requests, at: url)
    }
    #expect(!error.description.contains(Self.key))
    guard case .judgeIncomplete(_, let failed, let notAsked, _, let reason, folder.file) = error
    else {
      Issue.record("\(error)")
      return (0, 0, "")
    }
    return (failed, notAsked, reason)
  }
}
