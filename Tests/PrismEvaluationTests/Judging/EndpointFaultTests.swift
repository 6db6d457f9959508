import Foundation
import NIOCore
import PrismEvaluation
import Testing

/// A way in which an endpoint fails that may be gone the next time.
struct EndpointFault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let answer: FakeEndpoint.Answer
  /// Part of the reason that is reported.
  let reason: String
  var isTimeout = false

  static let all: [EndpointFault] =
    [
      .init(testDescription: "silence", answer: .silence, reason: "within 1.0 s", isTimeout: true),
      .init(testDescription: "drip", answer: .drip, reason: "within 1.0 s", isTimeout: true),
      .init(
        testDescription: "closed in the body",
        answer: .cut(after: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\": ["),
        reason: "connection broke"),
      .init(
        testDescription: "closed in a chunk",
        answer: .cut(
          after: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"choices"),
        reason: "connection broke"),
      .init(
        testDescription: "closed in the header",
        answer: .cut(after: "HTTP/1.1 200 OK\r\nContent-Le"),
        reason: "connection broke"),
      .init(testDescription: "closed at once", answer: .cut(after: ""), reason: "connection broke"),
      .init(testDescription: "reset", answer: .reset, reason: "connection broke"),
      .init(
        testDescription: "not HTTP", answer: .cut(after: "SSH-2.0-Server\r\n"),
        reason: "connection broke"),
      .init(testDescription: "empty body", answer: .body(""), reason: "is not JSON"),
      .init(
        testDescription: "JSON cut short", answer: .body("{\"choices\": ["), reason: "is not JSON"),
      .init(
        testDescription: "HTML", answer: .body("<html>\n<b>Busy</b>"),
        reason: "is not JSON, beginning \"<html> <b>Busy</b>\""),
      .init(
        testDescription: "not UTF-8", answer: .raw(body: [0x7B, 0xFF, 0xFE]), reason: "not UTF-8"),
      .init(
        testDescription: "deep JSON", answer: .body(String(repeating: "[", count: 100_000)),
        reason: "is not"),
      .init(
        testDescription: "wrong shape", answer: .body("{\"result\": \"Yes\"}"),
        reason: "is not a chat completion"),
      .init(
        testDescription: "number for a text",
        answer: .body("{\"choices\": [{\"message\": {\"content\": 5}}]}"),
        reason: "is not a chat completion"),
      .init(
        testDescription: "no choices", answer: .body("{\"choices\": []}"), reason: "holds no choice"
      ),
      .init(
        testDescription: "error with status 200",
        answer: .body("{\"error\": {\"message\": \"overloaded\"}}"),
        reason: "beginning \"overloaded\""),
    ]
    + [408, 429, 500, 502, 503, 504].map {
      .init(
        testDescription: "status \($0)", answer: .status($0, body: "{\"detail\": \"later\"}"),
        reason: "status \($0) (the endpoint says: later)")
    }
}

@Suite("Endpoint judge before a bad endpoint", .timeLimit(.minutes(10)))
struct EndpointFaultTests {
  private func scene(for fault: EndpointFault) throws -> JudgeScene {
    var scene = try JudgeScene(attempts: fault.isTimeout ? 2 : 4)
    if fault.isTimeout { scene.settings.attemptTimeout = .seconds(1) }
    return scene
  }

  @Test("a passing fault costs its waits and nothing else", arguments: EndpointFault.all)
  func passing(fault: EndpointFault) async throws {
    let scene = try scene(for: fault)
    let faults = scene.settings.attempts - 1
    try await FakeEndpoint { request, earlier in
      earlier < faults ? fault.answer : JudgeScene.right(request)
    }.serving { endpoint in
      let readings = try await scene.run(JudgeScene.refusals(1), at: endpoint.url)
      #expect(readings.map(\.verdict) == [.refused(true)])
      #expect(endpoint.count == faults + 1)
      #expect(scene.clock.sleeps.count == faults)
      #expect(
        scene.clock.sleeps.enumerated().allSatisfy { index, sleep in
          sleep >= .milliseconds(500 << index) && sleep <= .milliseconds(1000 << index)
        })
    }
  }

  @Test("a lasting fault of one request loses none of the others", arguments: EndpointFault.all)
  func lasting(fault: EndpointFault) async throws {
    let scene = try scene(for: fault)
    let attempts = scene.settings.attempts
    let requests = try JudgeScene.refusals(6)
    try await FakeEndpoint { request, earlier in
      JudgeScene.number(request) == 2 && earlier < attempts
        ? fault.answer : JudgeScene.right(request)
    }.serving { endpoint in
      let failure = try await scene.failure(requests, at: endpoint.url)
      #expect(failure.failed == 1)
      #expect(failure.notAsked == 0)
      #expect(failure.reason.contains(fault.reason))
      #expect(failure.reason.hasSuffix("after \(attempts) attempts"))
      #expect(endpoint.count == 5 + attempts)
      #expect(try scene.folder.cache().count == 5)
      // Running again asks for the missing one alone.
      let readings = try await scene.run(requests, at: endpoint.url)
      #expect(readings.map(\.verdict) == (0..<6).map { .refused($0.isMultiple(of: 2)) })
      #expect(endpoint.count == 6 + attempts)
    }
  }

  @Test("Retry-After is waited for, in seconds and as a date, up to the cap")
  func retryAfter() async throws {
    let scene = try JudgeScene(attempts: 4)
    let values = ["7", "Sun, 06 Nov 1994 08:50:27 GMT", "86400"]
    try await FakeEndpoint { request, earlier in
      earlier < 3
        ? .status(429, headers: ["Retry-After: " + values[earlier]]) : JudgeScene.right(request)
    }.serving { endpoint in
      _ = try await scene.run(JudgeScene.refusals(1), at: endpoint.url)
      // The date is 50 s after the clock's start, of which 7 have passed.
      #expect(scene.clock.sleeps == [.seconds(7), .seconds(43), .seconds(120)])
      #expect(endpoint.count == 4)
    }
  }

  @Test(
    "a status that stays is not tried again and is explained",
    arguments: [
      (400, "cannot use the request (400) (the endpoint says: why)"),
      (401, "the key in JUDGE_KEY (401)"),
      (403, "the key in JUDGE_KEY (403)"), (404, "no such address or model (404)"),
      (302, "redirects (302)"), (308, "redirects (308)"), (422, "status 422"), (501, "status 501"),
    ])
  func staying(status: Int, reason: String) async throws {
    let scene = try JudgeScene()
    try await FakeEndpoint { _, _ in
      .status(status, body: "{\"error\": {\"message\": \"why\"}}")
    }.serving { endpoint in
      let failure = try await scene.failure(JudgeScene.refusals(1), at: endpoint.url)
      #expect(failure.failed == 1)
      #expect(failure.reason.contains(reason))
      // Where a key is refused, the server's words may hold part of it.
      #expect(failure.reason.contains("why") == ![401, 403, 302, 308].contains(status))
      #expect(endpoint.count == 1)
      #expect(scene.clock.sleeps.isEmpty)
    }
  }

  @Test(
    "one request that the endpoint cannot use loses none of the others", arguments: [400, 403, 413])
  func oneRefused(status: Int) async throws {
    let scene = try JudgeScene()
    try await FakeEndpoint { request, _ in
      JudgeScene.number(request) == 0 ? .status(status) : JudgeScene.right(request)
    }.serving { endpoint in
      let failure = try await scene.failure(JudgeScene.refusals(20), at: endpoint.url)
      #expect(failure.failed == 1)
      #expect(failure.notAsked == 0)
      #expect(endpoint.count == 20)
      #expect(try scene.folder.cache().count == 19)
    }
  }

  @Test(
    "a wrong key, address or redirect ends sending after what is under way",
    arguments: [401, 404, 307])
  func wrongForAll(status: Int) async throws {
    let scene = try JudgeScene(concurrency: 1)
    try await FakeEndpoint { request, _ in
      JudgeScene.number(request) == 2 ? .status(status) : JudgeScene.right(request)
    }.serving { endpoint in
      let failure = try await scene.failure(JudgeScene.refusals(10), at: endpoint.url)
      #expect(failure.failed == 1)
      #expect(failure.notAsked == 7)
      #expect(endpoint.count == 3)
      #expect(try scene.folder.cache().count == 2)
    }
  }

  @Test("an endpoint that is down is left alone after some failures in a row")
  func down() async throws {
    var scene = try JudgeScene(concurrency: 1, attempts: 2)
    scene.settings.failuresInARow = 3
    // Answers 4, so that failures 0 to 1 and 5 to 7 count apart.
    try await FakeEndpoint { request, _ in
      [2, 3, 4].contains(JudgeScene.number(request)) ? JudgeScene.right(request) : .status(500)
    }.serving { endpoint in
      let failure = try await scene.failure(JudgeScene.refusals(20), at: endpoint.url)
      #expect(failure.failed == 5)
      #expect(failure.notAsked == 12)
      #expect(endpoint.count == 5 * 2 + 3)
    }
  }

  @Test("a redirect's target never hears of the key")
  func redirect() async throws {
    let scene = try JudgeScene()
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { target in
      let header = "Location: \(target.url)/v1/chat/completions"
      try await FakeEndpoint { _, _ in .status(307, headers: [header]) }.serving { endpoint in
        let failure = try await scene.failure(JudgeScene.refusals(1), at: endpoint.url)
        #expect(failure.failed == 1)
        #expect(endpoint.count == 1)
        #expect(target.count == 0)
      }
    }
  }

  @Test("an answer above the limit is not read to its end; one of exactly the limit is")
  func huge() async throws {
    let scene = try JudgeScene()
    let limit = scene.settings.responseBytes
    try await FakeEndpoint { request, _ in
      JudgeScene.number(request) == 0 ? .huge(limit + 1) : .huge(limit)
    }.serving { endpoint in
      let requests = try JudgeScene.refusals(2)
      let over = try await scene.failure([requests[0]], at: endpoint.url)
      #expect(over.reason.contains("larger than 1048576 bytes"))
      #expect(endpoint.count == 1)
      let exact = try await scene.failure([requests[1]], at: endpoint.url)
      #expect(exact.reason.contains("is not JSON"))
      #expect(endpoint.count == 1 + scene.settings.attempts)
    }
  }

  @Test("an endpoint that is not running is tried again, then reported")
  func refusedConnection() async throws {
    let scene = try JudgeScene()
    try await FakeEndpoint { request, _ in JudgeScene.right(request) }.serving { endpoint in
      let url = endpoint.url
      try await endpoint.stop()
      let failure = try await scene.failure(JudgeScene.refusals(1), at: url)
      #expect(failure.reason.hasPrefix("no connection to the endpoint"))
      #expect(scene.clock.sleeps.count == scene.settings.attempts - 1)
    }
  }

  @Test("the deadline ends waiting and sending")
  func deadline() async throws {
    var scene = try JudgeScene(concurrency: 1, attempts: 20)
    scene.settings.deadline = .seconds(10)
    try await FakeEndpoint { request, _ in
      JudgeScene.number(request) == 0 ? JudgeScene.right(request) : .status(503)
    }.serving { endpoint in
      let failure = try await scene.failure(JudgeScene.refusals(6), at: endpoint.url)
      #expect(failure.failed == 1)
      #expect(failure.notAsked == 4)
      #expect(failure.reason.contains("the deadline of 10.0 seconds"))
      #expect(failure.reason.contains("status 503"))
      #expect(scene.clock.total < .seconds(10))
      #expect(endpoint.count == 2 + scene.clock.sleeps.count)
      #expect(try scene.folder.cache().count == 1)
    }
  }
}
