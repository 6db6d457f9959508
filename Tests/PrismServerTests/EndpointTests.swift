import Foundation
import PrismServer
import Testing

@Suite("Models, decision, health, metrics and description", .timeLimit(.minutes(10)))
struct EndpointTests {
  @Test("models are listed and found by name; several bundles are in the names")
  func models() async throws {
    try await LiveServer.run { server in
      let list = try await RawClient.ask(server, "GET", "/v1/models")
      let data = try #require(try list.object()["data"] as? [[String: Any]])
      #expect(data.map { $0["id"] as? String } == ["tiny", "tiny:adapter", "tiny:prism"])
      #expect(
        data.allSatisfy {
          $0["object"] as? String == "model" && $0["owned_by"] as? String == "prism"
        })
      let one = try await RawClient.ask(server, "GET", "/v1/models/tiny%3Aprism")
      #expect(try one.object()["id"] as? String == "tiny:prism")
      let none = try await RawClient.ask(server, "GET", "/v1/models/other")
      #expect(none.status == 404 && none.code == "model_not_found")
    }
    let several = try LiveServer.model(bundles: ["a", "b"])
    try await LiveServer.run(model: several) { server in
      let list = try await RawClient.ask(server, "GET", "/v1/models")
      let data = try #require(try list.object()["data"] as? [[String: Any]])
      #expect(
        data.map { $0["id"] as? String } == [
          "tiny", "tiny:a:adapter", "tiny:a:prism", "tiny:b:adapter", "tiny:b:prism",
        ])
      let vague = try await RawClient.post(server, "/v1/route", "{\"input\": \"x\"}")
      #expect(vague.status == 400 && vague.param == "model")
    }
  }

  @Test("the decision alone")
  func route() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      for body in [
        "{\"input\": \"Write a haiku.\"}",
        "{\"model\": \"tiny:prism\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}",
      ] {
        let object = try await RawClient.post(server, "/v1/route", body).object()
        #expect(object["route"] as? String == "adapter")
        #expect(object["probability"] as? Double == 0.75)
        #expect(object["threshold"] as? Double == 0.5)
        #expect(object["layer"] as? Int == 1)
      }
      engine.set { $0.probability = 0.25 }
      let low = try await RawClient.post(server, "/v1/route", "{\"input\": \"x\"}")
      #expect(try low.object()["route"] as? String == "base")
      let base = try await RawClient.post(
        server, "/v1/route", "{\"model\": \"tiny\", \"input\": \"x\"}")
      #expect(base.status == 400 && base.param == "model")
      let both = try await RawClient.post(
        server, "/v1/route", "{\"input\": \"x\", \"messages\": []}")
      #expect(both.status == 400)
    }
    #expect(engine.requests.isEmpty, "nothing is generated")
  }

  @Test("metrics count requests, routes and tokens under their documented names")
  func metrics() async throws {
    try await LiveServer.run { server in
      _ = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      _ = try await RawClient.post(server, CompletionTests.chat, "{}")
      _ = try await RawClient.ask(server, "GET", "/secret/path")
      let answer = try await RawClient.ask(server, "GET", "/metrics")
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      for line in [
        "prism_http_requests_total{path=\"/v1/chat/completions\",status=\"200\"} 1",
        "prism_http_requests_total{path=\"/v1/chat/completions\",status=\"400\"} 1",
        "prism_http_requests_total{path=\"other\",status=\"404\"} 1",
        "prism_http_request_seconds_count{path=\"/v1/chat/completions\"} 2",
        "prism_routes_total{model=\"tiny:prism\",route=\"adapter\",mode=\"enforce\"} 1",
        "prism_time_to_first_token_seconds_bucket{le=\"0.025\"} 1",
        "prism_time_to_first_token_seconds_bucket{le=\"0.01\"} 0",
        "prism_generated_tokens_total 4", "prism_cached_prompt_tokens_total 2",
        "prism_queue_length 0", "prism_active_rows 0", "# TYPE prism_connections gauge",
      ] { #expect(answer.body.components(separatedBy: "\n").contains(line), "\(line)") }
      #expect(!answer.body.contains("secret"))
    }
  }

  @Test("the description names every path, and this server's models and limits")
  func description() async throws {
    try await LiveServer.run(change: { $0.maximumAnswerTokens = 77 }) { server in
      let object = try await RawClient.ask(server, "GET", "/openapi.json").object()
      let paths = try #require(object["paths"] as? [String: [String: Any]])
      #expect(
        paths.keys.sorted() == [
          "/health", "/metrics", "/openapi.json", "/v1/chat/completions", "/v1/completions",
          "/v1/models", "/v1/models/{id}", "/v1/route",
        ])
      let schemas = try #require(
        (object["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
      #expect(schemas["ModelName"]?["enum"] as? [String] == ["tiny", "tiny:adapter", "tiny:prism"])
      #expect(schemas["AnswerTokens"]?["maximum"] as? Int == 77)
    }
  }

  @Test("the log has route, tokens and times, and no prompt unless it is asked for")
  func log() async throws {
    for logsPrompts in [false, true] {
      try await LiveServer.run(change: { $0.logsPrompts = logsPrompts }) { server in
        let answer = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
        let line = try #require(server.log.lines.first { $0.hasPrefix("request") })
        let id = try #require(answer.headers["x-request-id"])
        for part in [
          "id=\(id)", "route=adapter", "generated-tokens=4", "status=200",
          "first-token-seconds=0.02",
          "model=tiny:prism", "gate-mode=enforce", "probability=0.75",
        ] { #expect(line.contains(part), "\(part) in \(line)") }
        #expect(line.contains("Hi<|im_end|>") == logsPrompts)
      }
    }
  }
}
