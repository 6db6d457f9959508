import Foundation
import NIOCore
import PrismEvaluation
import Testing

@Suite("Endpoint judge", .timeLimit(.minutes(10)))
struct EndpointJudgeTests {
  @Test("verdicts come in the requests' order, and a second run asks nothing")
  func cached() async throws {
    let scene = try JudgeScene()
    let requests = try JudgeScene.refusals(9)
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      let first = try await scene.run(requests, at: endpoint.url)
      #expect(first.map(\.verdict) == (0..<9).map { .refused($0.isMultiple(of: 2)) })
      #expect(endpoint.count == 9)
      #expect(scene.clock.sleeps.isEmpty)
      var seen: [JudgeProgress] = []
      let second = try await scene.run(requests, at: endpoint.url + "/v1/") { seen.append($0) }
      #expect(second == first)
      #expect(endpoint.count == 9)
      #expect(seen == [JudgeProgress(done: 9, failed: 0, total: 9, cached: 9)])
    }
  }

  @Test("the request is what the protocol wants")
  func request() async throws {
    let scene = try JudgeScene()
    let requests = try JudgeScene.refusals(1)
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      _ = try await scene.run(requests, at: endpoint.url)
      let request = try #require(endpoint.requests.first)
      #expect(request.target == "POST /v1/chat/completions HTTP/1.1")
      #expect(request.authorization == "Bearer " + JudgeScene.key)
      let body = try #require(
        try JSONSerialization.jsonObject(with: request.body) as? [String: Any])
      #expect(Set(body.keys) == ["model", "messages", "temperature", "max_tokens", "stream"])
      #expect(body["model"] as? String == "judge-model")
      #expect(body["temperature"] as? Double == 0)
      #expect(body["max_tokens"] as? Int == 1024)
      #expect(body["stream"] as? Bool == false)
      #expect(request.prompt.contains("query <0>"))
    }
  }

  @Test("ratings are read, and what cannot be read stays unreadable, from the cache too")
  func ratings() async throws {
    let scene = try JudgeScene(concurrency: 1)
    let replies = ["Good. Rating: [[7.5]]", "No idea.", "[[99]]", ""]
    let requests = try (0..<4).map {
      try JudgeRequest(
        kind: .rating(turn: 1, reference: nil), turns: ["query <\($0)>"], answers: ["a"])
    }
    try await FakeEndpoint { request, _ in .reply(replies[JudgeScene.number(request)]) }.serving {
      endpoint in
      for _ in 0..<2 {
        let readings = try await scene.run(requests, at: endpoint.url)
        #expect(
          readings.map(\.verdict) == [.rating(7.5)] + replies[1...].map { .unreadable(raw: $0) })
        #expect(readings.map(\.raw) == replies)
        #expect(endpoint.count == 4)
      }
    }
  }

  @Test("null as the judge's text is unreadable, not a failure")
  func null() async throws {
    let scene = try JudgeScene()
    try await FakeEndpoint { _, _ in
      .body("{\"choices\": [{\"message\": {\"content\": null}}]}")
    }.serving { endpoint in
      let readings = try await scene.run(JudgeScene.refusals(1), at: endpoint.url)
      #expect(readings.map(\.verdict) == [.unreadable(raw: "")])
    }
  }

  @Test("model and longest reply are part of what is cached, speed is not")
  func keyed() async throws {
    var scene = try JudgeScene()
    let requests = try JudgeScene.refusals(1)
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      _ = try await scene.run(requests, at: endpoint.url)
      scene.settings.concurrency = 2
      scene.settings.attempts = 9
      _ = try await scene.run(requests, at: endpoint.url)
      #expect(endpoint.count == 1)
      scene.settings.model = "other"
      _ = try await scene.run(requests, at: endpoint.url)
      scene.settings.maximumTokens = 7
      _ = try await scene.run(requests, at: endpoint.url)
      _ = try await scene.run(requests, at: endpoint.url + "/other")
      #expect(endpoint.count == 4)
    }
  }

  @Test("equal requests are sent once and all get the verdict")
  func equal() async throws {
    let scene = try JudgeScene()
    let requests = try JudgeScene.refusals(2)
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      var last: JudgeProgress?
      let readings = try await scene.run(
        [requests[1], requests[0], requests[1], requests[1]], at: endpoint.url
      ) { last = $0 }
      #expect(readings.map(\.verdict) == [false, true, false, false].map { .refused($0) })
      #expect(endpoint.count == 2)
      #expect(last == JudgeProgress(done: 4, failed: 0, total: 4, cached: 0))
    }
  }

  @Test("no more requests than allowed are under way at once", arguments: [1, 3])
  func concurrency(bound: Int) async throws {
    let scene = try JudgeScene(concurrency: bound)
    try await FakeEndpoint { _, _ in .reply("Yes", after: .milliseconds(30)) }.serving { endpoint in
      _ = try await scene.run(JudgeScene.refusals(24), at: endpoint.url)
      #expect(endpoint.count == 24)
      #expect(endpoint.mostUnderWay == bound)
    }
  }

  @Test("cancelling ends at once and keeps what is done")
  func cancelled() async throws {
    let scene = try JudgeScene(concurrency: 2)
    let requests = try JudgeScene.refusals(8)
    try await FakeEndpoint { request, _ in
      JudgeScene.number(request) < 5 ? JudgeScene.right(request) : .silence
    }.serving { endpoint in
      let (url, path, settings) = (endpoint.url, scene.folder.file, scene.settings)
      let start = ContinuousClock.now
      let task = Task {
        let judge = try EndpointJudge(
          url: url, settings: settings, key: nil, cache: try JudgeCache(path: path))
        return try await judge.verdicts(on: requests) { _ in }
      }
      // Five are answered, two hang, one waits for its turn.
      while endpoint.count < 7 { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { _ = try await task.value }
      #expect(ContinuousClock.now - start < .seconds(30))
      #expect(try scene.folder.cache().count == 5)
      #expect(endpoint.count == 7)
    }
  }

  @Test("what progress throws stops the work and keeps what is done")
  func stopped() async throws {
    struct Stop: Error {}
    let scene = try JudgeScene(concurrency: 1)
    let requests = try JudgeScene.refusals(6)
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      await #expect(throws: Stop.self) {
        _ = try await scene.run(requests, at: endpoint.url) { if $0.done == 3 { throw Stop() } }
      }
      #expect(endpoint.count == 3)
      _ = try await scene.run(requests, at: endpoint.url)
      #expect(endpoint.count == 6)
    }
  }

  @Test("a key that the server sends back is in no reading, cache or error")
  func key() async throws {
    let scene = try JudgeScene(concurrency: 1)
    let requests = try JudgeScene.refusals(3)
    try await FakeEndpoint { request, _ in
      let echo = request.authorization ?? ""
      return switch JudgeScene.number(request) {
      case 0: .reply("Yes, \(echo)")
      case 1: .status(400, body: "{\"error\": {\"message\": \"got \(echo)\"}}")
      default: .body("<html>\(echo)</html>")
      }
    }.serving { endpoint in
      let failure = try await scene.failure(requests, at: endpoint.url)
      #expect(failure.failed == 2)
      #expect(failure.reason.contains("got Bearer (key)"))
      #expect(
        try await !scene.failure([requests[2]], at: endpoint.url).reason.contains("0123456789"))
      #expect(try !scene.folder.text().contains("0123456789"))
      let reading = try await scene.run([requests[0]], at: endpoint.url)
      #expect(reading.map(\.raw) == ["Yes, Bearer (key)"])
      #expect(endpoint.requests.allSatisfy { $0.authorization == "Bearer " + JudgeScene.key })
    }
  }

  @Test("the report is one sentence with counts, place, reason and what to do")
  func report() async throws {
    let scene = try JudgeScene(concurrency: 1)
    let requests = try JudgeScene.refusals(4)
    try await FakeEndpoint { request, _ in
      switch JudgeScene.number(request) {
      case 0: JudgeScene.right(request)
      case 1: .status(413)
      default: .status(401)
      }
    }.serving { endpoint in
      let error = try await #require(throws: EvaluationError.self) {
        _ = try await scene.run(requests, at: endpoint.url)
      }
      #expect(
        error.description
          == "2 of 4 requests to the judge at 127.0.0.1:\(endpoint.port)/v1/chat/completions failed (not sent: 1); the first failure: the endpoint answered with status 413; finished verdicts (1) are kept in \(scene.folder.file), and the same command goes on from there"
      )
    }
  }
}
