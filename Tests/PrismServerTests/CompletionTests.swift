import Foundation
import PrismModel
import PrismRouter
import PrismServer
import Testing

@Suite("Answers in OpenAI's shape", .timeLimit(.minutes(10)))
struct CompletionTests {
  static let chat = "/v1/chat/completions"
  static func body(_ more: String = "", model: String = "tiny:prism") -> String {
    "{\"model\": \"\(model)\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]\(more)}"
  }

  @Test("a chat answer has message, usage, decision and headers")
  func whole() async throws {
    try await LiveServer.run { server in
      let answer = try await RawClient.post(server, Self.chat, Self.body())
      #expect(answer.status == 200)
      let object = try answer.object()
      #expect(object["object"] as? String == "chat.completion")
      #expect(object["model"] as? String == "tiny:prism")
      #expect((object["id"] as? String)?.hasPrefix("chatcmpl-") == true)
      #expect(object["system_fingerprint"] as? String == "fp_0123456789ab")
      let choice = try #require((object["choices"] as? [[String: Any]])?.first)
      #expect(
        (choice["message"] as? [String: String]) == [
          "role": "assistant", "content": "Hello world!",
        ])
      #expect(choice["finish_reason"] as? String == "stop")
      #expect(choice["logprobs"] is NSNull)
      let usage = try #require(object["usage"] as? [String: Any])
      let prompt = try #require(usage["prompt_tokens"] as? Int)
      #expect(usage["completion_tokens"] as? Int == 4)
      #expect(usage["total_tokens"] as? Int == prompt + 4)
      #expect((usage["prompt_tokens_details"] as? [String: Int]) == ["cached_tokens": 2])
      let prism = try #require(object["prism"] as? [String: Any])
      #expect(prism["route"] as? String == "adapter")
      #expect(prism["probability"] as? Double == 0.75)
      #expect(prism["threshold"] as? Double == 0.5)
      #expect(prism["mode"] as? String == "enforce")
      #expect(answer.headers["x-prism-route"] == "adapter")
      #expect(answer.headers["x-prism-probability"] == "0.75")
      #expect(answer.headers["x-prism-gate-mode"] == "enforce")
      #expect(answer.headers["x-request-id"]?.isEmpty == false)
    }
  }

  @Test("a stream has one event a piece, the decision in head and end, and ends with [DONE]")
  func stream() async throws {
    try await LiveServer.run { server in
      let answer = try await RawClient.post(
        server, Self.chat,
        Self.body(", \"stream\": true, \"stream_options\": {\"include_usage\": true}"))
      #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
      #expect(answer.headers["x-prism-route"] == "adapter")
      #expect(answer.events.last == "[DONE]")
      let events = try answer.eventObjects()
      // Role, words, which come together where the reader is slow, the reason, usage.
      try #require((4...7).contains(events.count))
      let deltas = events.compactMap { event in
        ((event["choices"] as? [[String: Any]])?.first?["delta"] as? [String: String])
      }
      #expect(deltas.first == ["role": "assistant", "content": ""])
      #expect(deltas.compactMap { $0["content"] }.joined() == "Hello world!")
      #expect(Set(events.compactMap { $0["id"] as? String }).count == 1)
      let reason = (events[events.count - 2]["choices"] as? [[String: Any]])?.first?[
        "finish_reason"]
      #expect(reason as? String == "stop")
      #expect(
        (events[events.count - 2]["prism"] as? [String: Any])?["probability"] as? Double == 0.75)
      #expect((events[events.count - 1]["choices"] as? [Any])?.isEmpty == true)
      #expect(
        (events[events.count - 1]["usage"] as? [String: Any])?["completion_tokens"] as? Int == 4)
      #expect(
        (events[events.count - 1]["prism"] as? [String: Any])?["route"] as? String == "adapter")
    }
  }

  @Test("a piece has the bytes that Foundation gives its content, whatever its text is")
  func pieces() async throws {
    let control = String(String.UnicodeScalarView((0..<32).compactMap { Unicode.Scalar($0) }))
    let text = control + "\"\\/ <&'> \u{7f}\u{85}\u{2028} \u{e9}e\u{301} \u{1F600}ab"
    try await LiveServer.run(ScriptedChatEngine(.init(words: [text]))) { server in
      for path in [Self.chat, "/v1/completions"] {
        let asks = path == Self.chat ? "" : ", \"prompt\": \"a\""
        let answer = try await RawClient.post(server, path, Self.body(", \"stream\": true" + asks))
        for event in answer.events where event != "[DONE]" {
          let object = try JSONSerialization.jsonObject(with: Data(event.utf8))
          let again = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
          #expect(event == String(decoding: again, as: UTF8.self))
        }
        let choices = try answer.eventObjects().compactMap {
          ($0["choices"] as? [[String: Any]])?.first
        }
        let texts = choices.compactMap {
          $0["text"] as? String ?? ($0["delta"] as? [String: Any])?["content"] as? String
        }
        #expect(texts.joined() == text)
      }
    }
  }

  @Test("the three names and the three gate modes choose the route")
  func routes() async throws {
    for (mode, model, route, probability, header) in [
      ("enforce", "tiny", "base", nil, "off"), ("enforce", "tiny:adapter", "adapter", nil, "off"),
      ("enforce", "tiny:prism", "adapter", 0.75, "enforce"),
      ("shadow", "tiny:prism", "base", 0.75, "shadow"), ("off", "tiny:prism", "base", nil, "off"),
    ] as [(String, String, String, Double?, String)] {
      let engine = ScriptedChatEngine()
      try await LiveServer.run(engine, change: { $0.gateMode = .init(rawValue: mode) ?? .off }) {
        server in
        let answer = try await RawClient.post(server, Self.chat, Self.body(model: model))
        let prism = try #require(try answer.object()["prism"] as? [String: Any])
        #expect(prism["route"] as? String == route, "\(mode) \(model)")
        #expect(prism["probability"] as? Double == probability)
        #expect(prism["mode"] as? String == header)
        #expect(answer.headers["x-prism-gate-mode"] == header)
        if mode == "shadow" { #expect(prism["decision"] as? String == "adapter") }
      }
    }
  }

  @Test("fields reach the engine, with OpenAI's defaults where they are missing")
  func fields() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      let more = """
        , "temperature": 0.3, "top_p": 0.9, "max_tokens": 7, "stop": ["x", "yy"], "seed": -1, "n": 2,
        "user": "u", "tools": [], "response_format": {"type": "text"}, "store": true, "unheard_of": 1
        """
      let answer = try await RawClient.post(server, Self.chat, Self.body(more, model: "tiny"))
      #expect(answer.status == 200, "\(answer.body)")
      #expect((try answer.object()["choices"] as? [Any])?.count == 2)
      for more in [
        "\"max_completion_tokens\": 5", "\"seed\": 9223372036854775999", "\"seed\": 5.0",
      ] {
        let answer = try await RawClient.post(server, Self.chat, Self.body(", \(more)"))
        #expect(answer.status == 200, "\(more)")
      }
    }
    let requests = engine.requests
    try #require(requests.count == 5)
    #expect(requests[3].sampling.seed == 0x1p63.bitPattern && requests[4].sampling.seed == 5)
    #expect(
      requests[0].sampling
        == SamplingParameters(
          temperature: 0.3, topP: 0.9, maxTokens: 7, stop: ["x", "yy"], seed: .max))
    #expect(requests[1].sampling.seed == 0, "the second answer has the next seed")
    #expect(requests[2].sampling.temperature == 1 && requests[2].sampling.maxTokens == 5)
    #expect(requests[0].deadline != nil)
    #expect(requests[0].prompt.text.contains("<|im_start|>user\nHi<|im_end|>"))
  }

  @Test("content may come in parts, and developer is the system role")
  func parts() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      let body = """
        {"model": "tiny", "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user",
        "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]}
        """
      let answer = try await RawClient.post(server, Self.chat, body)
      #expect(answer.status == 200)
    }
    #expect(engine.requests.first?.prompt.text.contains("system\nBe brief.") == true)
    #expect(engine.requests.first?.prompt.text.contains("user\nab<") == true)
  }

  @Test("log-probabilities come with bytes and candidates; no chance at all is -9999")
  func logProbabilities() async throws {
    try await LiveServer.run { server in
      let answer = try await RawClient.post(
        server, Self.chat, Self.body(", \"logprobs\": true, \"top_logprobs\": 2"))
      let choice = try #require((try answer.object()["choices"] as? [[String: Any]])?.first)
      let content = try #require(
        (choice["logprobs"] as? [String: Any])?["content"] as? [[String: Any]])
      #expect(content.count == 4)
      #expect(content[0]["token"] as? String == "Hello")
      #expect(content[0]["bytes"] as? [Int] == [72, 101, 108, 108, 111])
      #expect(content[0]["logprob"] as? Double == -0.5)
      let top = try #require(content[0]["top_logprobs"] as? [[String: Any]])
      #expect(top.map { $0["logprob"] as? Double } == [-0.5, -9999])
      let plain = try await RawClient.post(
        server, "/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"x\", \"logprobs\": 2}")
      let first = try #require((try plain.object()["choices"] as? [[String: Any]])?.first)
      let found = try #require(first["logprobs"] as? [String: Any])
      #expect(found["tokens"] as? [String] == ["Hello", " wor", "ld", "!"])
      #expect(found["text_offset"] as? [Int] == [0, 5, 9, 11])
      let candidates = try #require((found["top_logprobs"] as? [[String: Double]])?.first)
      // Keys that are texts of tokens stay as they are.
      #expect(candidates == ["Hello": -0.5, "fooBar": -9999])
    }
  }

  @Test("plain completions take texts as they are, several at once, streamed or not")
  func plain() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine) { server in
      let body = "{\"model\": \"tiny:prism\", \"prompt\": [\"one\", \"two\"], \"n\": 2}"
      let answer = try await RawClient.post(server, "/v1/completions", body)
      let object = try answer.object()
      #expect(object["object"] as? String == "text_completion")
      let choices = try #require(object["choices"] as? [[String: Any]])
      #expect(choices.map { $0["index"] as? Int } == [0, 1, 2, 3])
      #expect(choices[3]["text"] as? String == "Hello world!")
      #expect((choices[3]["prism"] as? [String: Any])?["route"] as? String == "adapter")
      // Each prompt counts once: three bytes, and a second answer to it reads nothing new.
      #expect((object["usage"] as? [String: Any])?["prompt_tokens"] as? Int == 6)
      let stream = try await RawClient.post(
        server, "/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"one\", \"stream\": true}")
      let texts = try stream.eventObjects().compactMap {
        ($0["choices"] as? [[String: Any]])?.first?["text"] as? String
      }
      #expect(texts.joined() == "Hello world!")
      #expect(stream.events.last == "[DONE]")
    }
    // Each prompt's gate is asked once; its second answer follows on that route.
    let requests = engine.requests
    #expect(requests.prefix(2).map(\.prompt.text) == ["one", "two"])
    #expect(requests[2..<4].map(\.prompt.text).sorted() == ["one", "two"])
    #expect(
      requests.prefix(4).map(\.routing) == [
        .gated("one", enforce: true), .gated("one", enforce: true), .adapter("one"),
        .adapter("one"),
      ])
  }

  @Test("two answers of one stream are told apart by their index")
  func choices() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine, change: { $0.gateMode = .shadow }) { server in
      let answer = try await RawClient.post(
        server, Self.chat, Self.body(", \"stream\": true, \"n\": 2"))
      var texts = ["", ""]
      for event in try answer.eventObjects() {
        let choice = try #require((event["choices"] as? [[String: Any]])?.first)
        let index = try #require(choice["index"] as? Int)
        texts[index] += (choice["delta"] as? [String: String])?["content"] ?? ""
      }
      #expect(texts == ["Hello world!", "Hello world!"])
    }
    #expect(engine.requests.map(\.routing) == [.gated("one", enforce: false), .base])
  }
}
