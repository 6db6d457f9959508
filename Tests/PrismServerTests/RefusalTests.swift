import Foundation
import PrismModel
import PrismServer
import Testing

@Suite("Refusals", .timeLimit(.minutes(10)))
struct RefusalTests {
  /// Name, what stands behind the messages, the field the refusal names.
  static let fields: [(String, String)] = [
    ("\"temperature\": 2.5", "temperature"), ("\"temperature\": \"hot\"", "temperature"),
    ("\"temperature\": 1e300", "temperature"), ("\"top_p\": -0.1", "top_p"),
    ("\"max_tokens\": 0", "max_tokens"), ("\"max_tokens\": 1.5", "max_tokens"),
    ("\"max_tokens\": 99999999999999999999999", "max_tokens"), ("\"n\": 9", "n"),
    ("\"max_completion_tokens\": 5, \"max_tokens\": \"x\"", "max_tokens"),
    ("\"n\": true", "n"), ("\"stop\": [1]", "stop[0]"), ("\"stop\": \"\"", "stop"),
    ("\"stream\": \"yes\"", "stream"), ("\"seed\": 0.5", "seed"),
    ("\"seed\": \"5\"", "seed"),
    ("\"top_logprobs\": 3", "top_logprobs"),
    ("\"logprobs\": true, \"top_logprobs\": 21", "top_logprobs"),
    ("\"tools\": [{\"type\": \"function\"}]", "tools"),
    ("\"logit_bias\": {\"5\": 1}", "logit_bias"),
    ("\"presence_penalty\": 0.5", "presence_penalty"), ("\"audio\": {}", "audio"),
    ("\"response_format\": {\"type\": \"json_object\"}", "response_format"),
    ("\"stream_options\": 5", "stream_options"), ("\"user\": 5", "user"),
  ]

  @Test("each wrong or impossible field is named")
  func named() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      for (text, field) in Self.fields {
        let answer = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(", " + text))
        #expect(answer.status == 400, "\(text): \(answer.body)")
        #expect(answer.param == field, "\(text): \(answer.body)")
        #expect(answer.error["type"] as? String == "invalid_request_error")
        #expect((answer.error["message"] as? String)?.contains(field) == true)
        #expect(Set(answer.error.keys) == ["message", "type", "param", "code"])
      }
    }
    #expect(engine.requests.isEmpty)
  }

  @Test("messages that are no conversation are refused at their place")
  func messages() async throws {
    try await LiveServer.run { server in
      for (messages, param) in [
        ("[]", "messages"), ("5", "messages"), ("[5]", "messages[0]"),
        ("[{\"role\": \"user\"}]", "messages[0].content"),
        ("[{\"content\": \"x\"}]", "messages[0].role"),
        ("[{\"role\": \"tool\", \"content\": \"x\"}]", "messages[0].role"),
        (
          "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]",
          "messages[0].content[0].type"
        ),
        ("[{\"role\": \"user\", \"content\": \"x\", \"name\": {}}]", "messages[0].name"),
        ("[{\"role\": \"assistant\", \"content\": \"x\"}]", "messages"),
      ] {
        let answer = try await RawClient.post(
          server, CompletionTests.chat, "{\"model\": \"tiny\", \"messages\": \(messages)}")
        #expect(answer.status == 400, "\(messages)")
        #expect(answer.param == param, "\(messages): \(answer.body)")
      }
    }
  }

  @Test("JSON that is broken, deep, endless or no object is refused, and the server lives on")
  func json() async throws {
    let deep = String(repeating: "[", count: 100_000)
    let bodies = [
      "", "{", "[]", "null", "NaN", "{\"model\": NaN}", "{\"temperature\": 1e999}", "{\"a\": 01}",
      "{\"model\": \"tiny\", \"model\": \"tiny\"}", "\u{0}", "{\"model\": \"\\ud800\"}",
      deep, "{\"messages\": \(deep)", String(repeating: "{\"a\":", count: 50_000),
      "{\"max_tokens\": \(String(repeating: "9", count: 5000))}",
    ]
    try await LiveServer.run { server in
      for body in bodies {
        for path in [CompletionTests.chat, "/v1/completions", "/v1/route"] {
          let answer = try await RawClient.post(server, path, body)
          #expect(answer.status == 400, "\(body.prefix(40)) at \(path)")
          #expect(answer.error["message"] is String)
        }
      }
      #expect(try await RawClient.ask(server, "GET", "/health").status == 200)
    }
  }

  @Test("plain completions refuse what they cannot do")
  func plain() async throws {
    try await LiveServer.run { server in
      for (text, param) in [
        ("\"prompt\": \"\"", "prompt"), ("\"prompt\": []", "prompt"),
        ("\"prompt\": [1, 2]", "prompt[0]"),
        ("\"prompt\": \"x\", \"echo\": true", "echo"),
        ("\"prompt\": \"x\", \"suffix\": \"y\"", "suffix"),
        ("\"prompt\": \"x\", \"best_of\": 3", "best_of"),
        ("\"prompt\": \"x\", \"logprobs\": true", "logprobs"),
        ("\"prompt\": [\"a\", \"b\", \"c\"], \"n\": 3", "n"), ("\"n\": 1", "prompt"),
      ] {
        let answer = try await RawClient.post(
          server, "/v1/completions", "{\"model\": \"tiny\", \(text)}")
        #expect(answer.status == 400 && answer.param == param, "\(text): \(answer.body)")
      }
    }
  }

  @Test("paths, methods and types have their own statuses")
  func http() async throws {
    try await LiveServer.run { server in
      let missing = try await RawClient.ask(server, "GET", "/nothing")
      #expect(missing.status == 404 && missing.code == "not_found")
      let method = try await RawClient.ask(server, "GET", CompletionTests.chat)
      #expect(method.status == 405 && method.headers["allow"] == "POST")
      let other = try await RawClient.ask(server, "DELETE", "/health")
      #expect(other.status == 405 && other.headers["allow"] == "GET, HEAD")
      for type in ["text/plain", "application/x-www-form-urlencoded"] {
        let answer = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(), headers: ["Content-Type": type])
        #expect(answer.status == 415 && answer.code == "unsupported_media_type")
      }
      let model = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(model: "gpt-4o"))
      #expect(model.status == 404 && model.code == "model_not_found" && model.param == "model")
      let charset = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(),
        headers: ["Content-Type": "application/json; charset=utf-8"])
      #expect(charset.status == 200)
      #expect(try await RawClient.ask(server, "HEAD", "/health").status == 200)
    }
  }

  @Test("bodies over the limit are refused, with and without a length")
  func size() async throws {
    try await LiveServer.run(change: { $0.maximumBodyBytes = 2000 }) { server in
      let long = CompletionTests.body(", \"user\": \"\(String(repeating: "a", count: 3000))\"")
      let known = try await RawClient.post(server, CompletionTests.chat, long)
      #expect(known.status == 413 && known.code == "body_too_large")
      let chunk = String(long.utf8.count, radix: 16)
      let client = try RawClient(port: server.port)
      client.send(
        "POST \(CompletionTests.chat) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n\(chunk)\r\n\(long)\r\n0\r\n\r\n")
      #expect(RawClient.parse(await client.receive()).status == 413)
    }
  }

  @Test("prompts over the limit are refused with the number of their tokens")
  func prompt() async throws {
    try await LiveServer.run(change: { $0.maximumPromptTokens = 100 }) { server in
      let text = String(repeating: "a", count: 200)
      let body = "{\"model\": \"tiny\", \"prompt\": \"\(text)\"}"
      let answer = try await RawClient.post(server, "/v1/completions", body)
      #expect(answer.status == 400 && answer.code == "context_length_exceeded")
      #expect((answer.error["message"] as? String)?.contains("200 tokens") == true)
    }
  }

  @Test("what the engine refuses has its status: full queue, deadline, stopping")
  func engine() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      for (error, status, code) in [
        (.queueFull(retryAfterSeconds: 7), 429, "queue_full"),
        (.deadlineExceeded, 504, "deadline_exceeded"), (.stopping, 503, "stopping"),
        (.promptTooLong(tokens: 9, limit: 5), 400, "context_length_exceeded"),
        (.unknownBundle("x", known: []), 500, "internal_error"),
      ] as [(ServingError, Int, String)] {
        engine.set { $0.refusal = error }
        let answer = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
        #expect(answer.status == status && answer.code == code, "\(error)")
        #expect((answer.headers["retry-after"] == "7") == (status == 429))
      }
    }
  }

  @Test("an answer that takes too long fails: 504 before the first byte, an error event after it")
  func deadline() async throws {
    let engine = ScriptedChatEngine(.init(pause: .milliseconds(60)))
    try await LiveServer.run(engine, change: { $0.requestTime = .milliseconds(100) }) { server in
      let whole = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      #expect(whole.status == 504 && whole.code == "deadline_exceeded")
      let stream = try await RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(", \"stream\": true"))
      #expect(stream.status == 200)
      #expect(!stream.events.contains("[DONE]"))
      let last = try #require(try stream.eventObjects().last?["error"] as? [String: Any])
      #expect(last["code"] as? String == "deadline_exceeded")
    }
  }
}
