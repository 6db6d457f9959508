import Foundation
import PrismModel
import PrismServer
import ServiceLifecycle
import Testing

@Suite("A router in front of servers that fail", .timeLimit(.minutes(10)))
struct UpstreamFaultTests {
  private static let stream = CompletionTests.body(", \"stream\": true", model: "tiny")

  @Test("a stream passes through byte for byte, each event as it comes")
  func streaming() async throws {
    let gate = FakeGate()
    // The upstream's cuts are not the events': nothing may be lost between them.
    let upstream = FakeUpstream { _, _ in
      [
        .head(), .chunk("data: {\"a\": 1}\n\nda"), .wait(gate), .chunk("ta: [DON"),
        .chunk("E]\n\n: bye"), .end,
      ]
    }
    try await UpstreamFixture.run([(upstream, nil)]) { server in
      let client = try RawClient(port: server.port)
      client.send(
        RawClient.request(
          "POST", CompletionTests.chat, Self.stream, headers: ["Connection": "close"]))
      let first = await client.receive(until: "{\"a\": 1}\n\n")
      #expect(first.contains("x-prism-route: base"))
      gate.open()
      let answer = RawClient.parse(first + (await client.receive()))
      #expect(answer.headers["content-type"] == "text/event-stream")
      #expect(answer.body == "data: {\"a\": 1}\n\ndata: [DONE]\n\n: bye")
    }
  }

  @Test("a request that has not begun to be answered goes to another server")
  func failOver() async throws {
    let stopped = FakeUpstream(named: "stopped")
    try await stopped.start()
    let refusing = try Upstream(stopped.url)
    try await stopped.stop()
    for (name, steps) in [
      ("refuses connections", nil), ("closes at once", [.close]),
      ("closes in the head", [.send("HTTP/1.1 200 OK\r\nContent-"), .close]),
      ("closes before the first event", [.head(), .close]),
      ("closes within a whole answer", [.head("application/json"), .chunk("{\"a\""), .close]),
      ("is not ready", [.answer("{\"error\": \"Loading model\"}", status: 503)]),
    ] as [(String, [FakeUpstream.Step]?)] {
      let bad = FakeUpstream { _, _ in steps ?? [] }
      let good = FakeUpstream(named: "good")
      try await UpstreamFixture.run(
        [(bad, nil), (good, nil)],
        adjust: { settings in
          settings.healthTime = .seconds(60)
          if steps == nil { settings.upstreams[0] = refusing }
        }
      ) { server in
        // The first of two idle servers gets the first request.
        for _ in 0..<2 {
          let answer = try await RawClient.post(server, CompletionTests.chat, Self.stream)
          #expect(answer.body == "{\"from\": \"good\"}", "\(name)")
        }
        #expect(good.requests.count == 2, "\(name)")
        #expect(bad.requests.isEmpty == (steps == nil), "\(name)")
      }
    }
  }

  @Test(
    "a connection that was closed while it rested costs no request, where there is one server only")
  func staleConnection() async throws {
    let upstream = FakeUpstream { _, earlier in
      earlier == 0 ? [.close] : [.answer("{\"from\": \"again\"}")]
    }
    try await UpstreamFixture.run([(upstream, nil)]) { server in
      let answer = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(answer.body == "{\"from\": \"again\"}")
    }
    let hopeless = FakeUpstream { _, _ in [.close] }
    try await UpstreamFixture.run([(hopeless, nil)]) { server in
      let answer = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(answer.status == 502 && answer.code == "upstream_broken")
      #expect(hopeless.requests.count == 2)
    }
  }

  @Test("a stream whose server breaks off ends with an error event, and without half an event")
  func brokenStream() async throws {
    let gate = FakeGate()
    let first = FakeUpstream { _, _ in
      [.head(), .chunk("data: {\"a\": 1}\n\ndata: {\"b"), .wait(gate), .close]
    }
    let other = FakeUpstream(named: "other")
    try await UpstreamFixture.run([(first, nil), (other, nil)]) { server in
      let client = try RawClient(port: server.port)
      client.send(
        RawClient.request(
          "POST", CompletionTests.chat, Self.stream, headers: ["Connection": "close"]))
      let begin = await client.receive(until: "{\"a\": 1}\n\n")
      gate.open()
      let answer = RawClient.parse(begin + (await client.receive()))
      #expect(answer.status == 200)
      let events = try answer.eventObjects()
      try #require(events.count == 2, "\(answer.body)")
      #expect(events[0]["a"] as? Int == 1)
      #expect((events[1]["error"] as? [String: Any])?["code"] as? String == "upstream_broken")
      #expect(other.requests.isEmpty, "what has begun is not asked for again")
      #expect(
        await eventually { server.log.lines.contains { $0.contains("failure=upstream_broken") } })
    }
  }

  @Test("any other answer that breaks off leaves the client's connection without the body's end")
  func brokenBody() async throws {
    let gate = FakeGate()
    let text = String(repeating: "x", count: 1 << 16)
    let upstream = FakeUpstream { _, _ in
      [.head("application/json")] + [FakeUpstream.Step](repeating: .chunk(text), count: 20)
        + [.chunk("last"), .wait(gate), .close]
    }
    try await UpstreamFixture.run([(upstream, nil)]) { server in
      let client = try RawClient(port: server.port)
      client.send(RawClient.request("POST", CompletionTests.chat, Self.stream))
      let answer = await client.receive(until: "last")
      #expect(answer.hasPrefix("HTTP/1.1 200"))
      #expect(answer.utf8.count > 20 * text.utf8.count)
      gate.open()
      let rest = await client.receive()
      #expect(!rest.contains("0\r\n"), "\(rest)")
    }
  }

  @Test("what a server refuses is passed on as it says it")
  func refusals() async throws {
    let body = "{\"error\": {\"message\": \"slow down\", \"code\": 429}}"
    let upstream = FakeUpstream { request, _ in
      if request.body.contains("busy") {
        return [.answer(body, status: 429, headers: ["Content-Type: text/x", "Retry-After: 17"])]
      }
      if request.body.contains("wrong") { return [.answer("bad\n", status: 400, headers: [])] }
      if request.body.contains("full") {
        return [.answer("full", status: 503, headers: ["Retry-After: 3"])]
      }
      return [.answer("{\"error\": \"Incorrect key sk-123\"}", status: 401)]
    }
    try await UpstreamFixture.run([(upstream, nil)]) { server in
      func ask(_ word: String) async throws -> RawClient.Answer {
        try await RawClient.post(
          server, CompletionTests.chat,
          CompletionTests.body(", \"user\": \"\(word)\"", model: "tiny"))
      }
      let busy = try await ask("busy")
      #expect(busy.status == 429 && busy.body == body)
      #expect(busy.headers["retry-after"] == "17" && busy.headers["content-type"] == "text/x")
      #expect(busy.headers["x-prism-route"] == "base")
      let wrong = try await ask("wrong")
      #expect(wrong.status == 400 && wrong.body == "bad\n")
      let full = try await ask("full")
      #expect(full.status == 503 && full.body == "full" && full.headers["retry-after"] == "3")
      let key = try await ask("key")
      #expect(key.status == 502 && key.code == "upstream_key" && !key.body.contains("sk-123"))
    }
  }

  @Test("with no server up the answer is 503 with Retry-After, and one that is well again is used")
  func recovery() async throws {
    let upstream = FakeUpstream(named: "one")
    upstream.setHealth(503)
    try await UpstreamFixture.run([(upstream, nil)]) { server in
      #expect(await eventually { server.log.lines.contains { $0.hasPrefix("upstream down") } })
      let down = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(down.status == 503 && down.code == "upstream_down")
      #expect(down.headers["retry-after"] == "1")
      let health = try await RawClient.ask(server, "GET", "/health")
      #expect(health.status == 503 && health.body.contains("no upstream"))
      upstream.setHealth(200)
      #expect(await eventually { server.log.lines.contains { $0.hasPrefix("upstream up") } })
      let up = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(up.body == "{\"from\": \"one\"}" && upstream.requests.count == 1)
      #expect(try await RawClient.ask(server, "GET", "/health").status == 200)
    }
  }

  @Test("a server that cannot be reached is 502 once, and then known to be down")
  func unreachable() async throws {
    let upstream = FakeUpstream(named: "gone")
    try await UpstreamFixture.run(
      [(upstream, nil)], adjust: { $0.healthTime = .seconds(60) }
    ) { server in
      #expect(try await RawClient.post(server, CompletionTests.chat, Self.stream).status == 200)
      try await upstream.stop()
      // The connection that rests is closed after two seconds.
      try await Task.sleep(for: .milliseconds(2300))
      let first = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(first.status == 502 && first.code == "upstream_unreachable")
      let second = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(second.status == 503 && second.code == "upstream_down")
    }
  }

  @Test("a client that leaves ends the upstream's work, before and within its answer")
  func disconnect() async throws {
    for begins in [false, true] {
      let gate = FakeGate()
      let upstream = FakeUpstream { _, _ in
        begins ? [.head(), .chunk("data: 1\n\n"), .wait(gate)] : [.wait(gate)]
      }
      try await UpstreamFixture.run([(upstream, nil)]) { server in
        let client = try RawClient(port: server.port)
        client.send(RawClient.request("POST", CompletionTests.chat, Self.stream))
        if begins { _ = await client.receive(until: "data: 1") }
        #expect(await eventually { upstream.requests.count == 1 })
        client.leave()
        #expect(await eventually { upstream.left == 1 }, "begins: \(begins)")
        #expect(
          await eventually { server.log.lines.contains { $0.contains("failure=client_gone") } })
        gate.open()
      }
    }
  }

  @Test("a request's time spans the upstream's, before and within its answer")
  func deadline() async throws {
    let gate = FakeGate()
    let upstream = FakeUpstream { _, earlier in
      earlier == 0 ? [.wait(gate)] : [.head(), .chunk("data: 1\n\n"), .wait(gate)]
    }
    try await UpstreamFixture.run(
      [(upstream, nil)], change: { $0.requestTime = .seconds(3) }
    ) { server in
      let none = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(none.status == 504 && none.code == "deadline_exceeded")
      let half = try await RawClient.post(server, CompletionTests.chat, Self.stream)
      #expect(half.events.count == 2 && half.events.last?.contains("deadline_exceeded") == true)
      #expect(await eventually { upstream.left == 2 })
      gate.open()
    }
  }

  @Test("a stopping router lets answers finish, and ends those that take too long")
  func shutdown() async throws {
    for finishes in [true, false] {
      let gate = FakeGate()
      let upstream = FakeUpstream { _, _ in
        [.head(), .chunk("data: 1\n\n"), .wait(gate), .chunk("data: [DONE]\n\n"), .end]
      }
      try await UpstreamFixture.run(
        [(upstream, nil)],
        change: { $0.shutdownTime = finishes ? .seconds(5) : .milliseconds(200) }
      ) { server in
        async let answer = RawClient.post(server, CompletionTests.chat, Self.stream)
        #expect(await eventually { upstream.requests.count == 1 })
        await server.group.triggerGracefulShutdown()
        #expect(await eventually { server.log.lines.contains { $0.hasPrefix("stopping") } })
        if finishes { gate.open() }
        let last = try await answer.events.last
        #expect(last == "[DONE]" || !finishes)
        #expect(last?.contains("\"stopping\"") == true || finishes, "\(last ?? "")")
        gate.open()
      }
    }
  }

  @Test("requests are spread over the servers of a route")
  func spread() async throws {
    let (one, two) = (FakeUpstream(named: "one"), FakeUpstream(named: "two"))
    try await UpstreamFixture.run([(one, nil), (two, nil)]) { server in
      for _ in 0..<6 { _ = try await RawClient.post(server, CompletionTests.chat, Self.stream) }
      #expect(one.requests.count == 3 && two.requests.count == 3)
    }
  }
}
