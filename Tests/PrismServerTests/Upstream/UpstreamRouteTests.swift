import Foundation
import PrismModel
import PrismRouter
import PrismServer
import Testing

@Suite(
  "A router in front of other servers: who answers, and what it is sent", .timeLimit(.minutes(10)))
struct UpstreamRouteTests {
  @Test("the decision, or the name, chooses the server, and its name for the model is put in")
  func routes() async throws {
    for (mode, model, route, header) in [
      ("enforce", "tiny", "base", "off"), ("enforce", "tiny:adapter", "adapter", "off"),
      ("enforce", "tiny:prism", "adapter", "enforce"), ("shadow", "tiny:prism", "base", "shadow"),
      ("off", "tiny:prism", "base", "off"),
    ] {
      let (base, adapter) = UpstreamFixture.pair()
      try await UpstreamFixture.run(
        [(base, .base), (adapter, .adapter)],
        change: { $0.gateMode = .init(rawValue: mode) ?? .off }
      ) { server in
        let answer = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(model: model))
        #expect(answer.body == "{\"from\": \"\(route)\"}", "\(mode) \(model)")
        #expect(answer.headers["x-prism-route"] == route)
        #expect(answer.headers["x-prism-gate-mode"] == header)
        #expect(answer.headers["x-prism-probability"] == (header == "off" ? nil : "0.75"))
        let asked = route == "base" ? base : adapter
        #expect(base.requests.count + adapter.requests.count == 1)
        #expect(asked.requests.first?.path == "/v1/chat/completions")
        #expect(asked.requests.first?.body.contains("\"model\": \"served-\(route)\"") == true)
      }
    }
    let engine = ScriptedChatEngine(.init(probability: 0.25))
    let (base, adapter) = UpstreamFixture.pair()
    try await UpstreamFixture.run([(base, .base), (adapter, .adapter)], engine: engine) { server in
      let answer = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      #expect(answer.body == "{\"from\": \"base\"}")
    }
  }

  @Test("everything but the model's name arrives as it was sent")
  func untouched() async throws {
    let both = FakeUpstream(named: "both")
    try await UpstreamFixture.run([(both, nil)]) { server in
      let body = """
        { "messages" : [ {"role":"user", "content":"\\u00e4 \\"model\\": \\"x\\""} ],\t"temperature":1.0,
          "big": 12345678901234567890123, "small": 1e-400, "seed": -0, "tools": [{"model": "inner"}],
          "model"\n:  "tiny\\u003aprism" , "stop": null, "lora": [], "response_format": {"type": "json_object"} }
        """
      let answer = try await RawClient.post(server, CompletionTests.chat, body)
      #expect(answer.status == 200, "\(answer.body)")
      let expected = body.replacingOccurrences(
        of: "\"tiny\\u003aprism\"", with: "\"served-adapter\"")
      #expect(both.requests.first?.body == expected)
    }
  }

  @Test("one llama-server is told in its lora field whether the adapter counts")
  func lora() async throws {
    let both = FakeUpstream(named: "both")
    try await UpstreamFixture.run([(both, nil)], adjust: { $0.loraID = 3 }) { server in
      for model in ["tiny:adapter", "tiny"] {
        _ = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(model: model))
      }
      #expect(
        both.requests.map { String($0.body.prefix(37)) } == [
          "{\"lora\":[{\"id\": 3, \"scale\": 1}],\"mode",
          "{\"lora\":[{\"id\": 3, \"scale\": 0}],\"mode",
        ])
    }
  }

  @Test("plain completions are decided by their one prompt")
  func plain() async throws {
    let (base, adapter) = UpstreamFixture.pair()
    try await UpstreamFixture.run([(base, .base), (adapter, .adapter)]) { server in
      for prompt in ["\"one\"", "[\"one\"]"] {
        let answer = try await RawClient.post(
          server, "/v1/completions", "{\"model\": \"tiny:prism\", \"prompt\": \(prompt)}")
        #expect(answer.body == "{\"from\": \"adapter\"}")
      }
      for prompt in ["[\"one\", \"two\"]", "[1, 2]", "null"] {
        let answer = try await RawClient.post(
          server, "/v1/completions", "{\"model\": \"tiny:prism\", \"prompt\": \(prompt)}")
        #expect(answer.status == 400 && answer.param == "prompt", "\(prompt)")
        let named = try await RawClient.post(
          server, "/v1/completions", "{\"model\": \"tiny\", \"prompt\": \(prompt)}")
        #expect(
          named.body == "{\"from\": \"base\"}", "what is not gated is the upstream's to judge")
      }
    }
  }

  @Test("clients show their key to the router, and the router its own to the upstreams")
  func keys() async throws {
    let (base, adapter) = UpstreamFixture.pair()
    let key = try UpstreamKey(" upstream-secret\n", variable: "UPSTREAM_KEY")
    #expect("\(key)" == "(key from UPSTREAM_KEY)")
    try await UpstreamFixture.run(
      [(base, .base), (adapter, .adapter)], change: { $0.keys = ["client-secret"] },
      adjust: { $0.key = key }
    ) { server in
      let refused = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(),
        headers: ["Authorization": "Bearer upstream-secret"])
      #expect(refused.status == 401 && base.requests.isEmpty && adapter.requests.isEmpty)
      let answer = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(),
        headers: ["Authorization": "Bearer client-secret", "Accept": "text/event-stream"])
      #expect(answer.status == 200)
      let sent = try #require(adapter.requests.first?.headers)
      #expect(sent["authorization"] == "Bearer upstream-secret")
      #expect(sent["accept"] == "text/event-stream")
      #expect(sent["x-request-id"] == answer.headers["x-request-id"])
      #expect(!server.log.lines.contains { $0.contains("secret") })
    }
  }

  @Test(
    "the upstream's header fields reach the client, except those of its own connection and sites")
  func headers() async throws {
    let both = FakeUpstream { _, _ in
      [
        .answer(
          "{}",
          headers: [
            "Content-Type: application/json; charset=utf-8", "X-Ratelimit-Remaining: 7",
            "Access-Control-Allow-Origin: *", "Server: other", "Connection: X-Hop", "X-Hop: 1",
            "X-Prism-Route: base", "Keep-Alive: timeout=5", "X-Request-Id: theirs",
          ])
      ]
    }
    try await UpstreamFixture.run([(both, nil)]) { server in
      let answer = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
      #expect(answer.headers["x-ratelimit-remaining"] == "7")
      #expect(answer.headers["x-prism-route"] == "adapter")
      #expect(answer.headers["x-request-id"] != "theirs")
      for name in ["access-control-allow-origin", "x-hop", "keep-alive"] {
        #expect(answer.headers[name] == nil, "\(name)")
      }
    }
  }

  @Test("what the gate cannot read, and names that nobody serves, go nowhere")
  func refusals() async throws {
    let both = FakeUpstream(named: "both")
    try await UpstreamFixture.run([(both, nil)]) { server in
      for (body, status, param) in [
        ("{\"model\": \"other\", \"messages\": []}", 404, "model"),
        ("{\"messages\": []}", 400, "model"),
        ("{\"model\": \"tiny:prism\", \"messages\": []}", 400, "messages"),
        (
          "{\"model\": \"tiny:prism\", \"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
          400, "messages[0].role"
        ),
      ] {
        let answer = try await RawClient.post(server, CompletionTests.chat, body)
        #expect(answer.status == status && answer.param == param, "\(body)")
      }
      let broken = try await RawClient.post(server, CompletionTests.chat, "{\"model\": \"tiny\"")
      #expect(broken.status == 400 && broken.code == "invalid_json")
      let long = String(repeating: "x", count: 5000)
      let tooLong = try await RawClient.post(
        server, CompletionTests.chat,
        "{\"model\": \"tiny:prism\", \"messages\": [{\"role\": \"user\", \"content\": \"\(long)\"}]}"
      )
      #expect(tooLong.status == 400 && tooLong.code == "context_length_exceeded")
      #expect(both.requests.isEmpty)
    }
  }

  @Test("models, decision and metrics are the router's own")
  func endpoints() async throws {
    let (base, adapter) = UpstreamFixture.pair()
    try await UpstreamFixture.run([(base, .base), (adapter, .adapter)]) { server in
      let list = try await RawClient.ask(server, "GET", "/v1/models")
      let data = try #require(try list.object()["data"] as? [[String: Any]])
      #expect(data.map { $0["id"] as? String } == ["tiny", "tiny:adapter", "tiny:prism"])
      let decision = try await RawClient.post(server, "/v1/route", "{\"input\": \"x\"}")
      #expect(try decision.object()["route"] as? String == "adapter")
      #expect(base.requests.isEmpty && adapter.requests.isEmpty)
      _ = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      let metrics = try await RawClient.ask(server, "GET", "/metrics").body
      let name = "upstream=\"127.0.0.1:\(adapter.port)\""
      for line in [
        "prism_upstream_requests_total{\(name),outcome=\"200\"} 1", "prism_upstream_up{\(name)} 1",
        "prism_upstream_active{\(name)} 0", "prism_decision_seconds_count 1",
        "prism_routes_total{model=\"tiny:prism\",route=\"adapter\",mode=\"enforce\"} 1",
      ] { #expect(metrics.components(separatedBy: "\n").contains(line), "\(line) in \(metrics)") }
      let line = try #require(server.log.lines.first { $0.contains("route=adapter") })
      #expect(line.contains("upstream=127.0.0.1:\(adapter.port)"))
      #expect(line.contains("decision-seconds="))
    }
  }
}
