import Foundation
import PrismModel
import PrismServer
import ServiceLifecycle
import Testing

@Suite("Clients that misbehave", .serialized, .timeLimit(.minutes(10)))
struct ConnectionTests {
  /// Thousands of slow words.
  private static let endless = ScriptedChatEngine.Script(
    words: [String](repeating: "word ", count: 5000), pause: .milliseconds(2))

  @Test("a client that leaves frees its place at once, streamed or not")
  func disconnect() async throws {
    for stream in ["true", "false"] {
      let engine = ScriptedChatEngine(Self.endless)
      try await LiveServer.run(engine) { server in
        let client = try RawClient(port: server.port)
        client.send(
          RawClient.request(
            "POST", CompletionTests.chat, CompletionTests.body(", \"stream\": \(stream)")))
        if stream == "true" { _ = await client.receive(until: "word") }
        #expect(await eventually { engine.statistics().active == 1 })
        client.leave()
        #expect(await eventually(.seconds(2)) { engine.statistics().active == 0 })
        #expect(engine.cancelled == 1)
        #expect(
          await eventually { server.log.lines.contains { $0.contains("failure=client_gone") } })
      }
    }
  }

  @Test("a head or body that never ends is answered with 408, and the connection closed")
  func halfOpen() async throws {
    try await LiveServer.run(change: {
      $0.headTime = .milliseconds(200)
      $0.bodyTime = .milliseconds(200)
    }) { server in
      for text in [
        "", "POST /v1/chat", "GET /health HTTP/1.1\r\nHost: local",
        "POST \(CompletionTests.chat) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 500\r\n\r\n{\"model\":",
      ] {
        let client = try RawClient(port: server.port)
        client.send(text)
        let start = ContinuousClock.now
        let answer = RawClient.parse(await client.receive())
        #expect(answer.status == 408, "\(text)")
        #expect(answer.error["type"] as? String == "timeout")
        #expect(ContinuousClock.now - start < .seconds(4))
      }
    }
  }

  @Test("a body that trickles does not win more time")
  func trickle() async throws {
    try await LiveServer.run(change: { $0.bodyTime = .milliseconds(300) }) { server in
      let client = try RawClient(port: server.port)
      client.send(
        "POST \(CompletionTests.chat) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 100\r\n\r\n")
      // Goes on until it has its answer: who won time with each byte would never get one.
      let trickling = Task {
        while !Task.isCancelled {
          client.send(" ")
          try? await Task.sleep(for: .milliseconds(50))
        }
      }
      let answer = await client.receive()
      trickling.cancel()
      await trickling.value
      #expect(RawClient.parse(answer).status == 408)
    }
  }

  @Test("a body in broken chunks is refused")
  func brokenChunks() async throws {
    try await LiveServer.run { server in
      let client = try RawClient(port: server.port)
      client.send(
        "POST \(CompletionTests.chat) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n")
      client.send("five\r\n")
      let answer = RawClient.parse(await client.receive())
      #expect(answer.status == 400)
      #expect(answer.code == "invalid_http")
    }
  }

  @Test("a connection that rests is closed, one that works is not")
  func idle() async throws {
    let engine = ScriptedChatEngine(.init(pause: .milliseconds(100)))
    try await LiveServer.run(engine, change: { $0.idleTime = .milliseconds(150) }) { server in
      let client = try RawClient(port: server.port)
      for _ in 0..<2 {
        client.send(RawClient.request("POST", CompletionTests.chat, CompletionTests.body()))
        #expect(await client.receive(until: "total_tokens").contains("200 OK"))
      }
      let start = ContinuousClock.now
      #expect(await client.receive() == "")
      #expect(ContinuousClock.now - start < .seconds(3))
    }
  }

  @Test("a client that sends its next request before it has an answer gets both in full")
  func pipelined() async throws {
    let engine = ScriptedChatEngine(.init(pause: .milliseconds(100)))
    try await LiveServer.run(engine, change: { $0.idleTime = .milliseconds(150) }) { server in
      let client = try RawClient(port: server.port)
      let request = RawClient.request(
        "POST", CompletionTests.chat, CompletionTests.body(", \"stream\": true"))
      client.send(request + request)
      let answers = await client.receive()
      #expect(answers.components(separatedBy: "data: [DONE]").count == 3, "\(answers)")
    }
  }

  @Test("a client that asks for the end of the connection, and stays, is not waited for")
  func lingering() async throws {
    try await LiveServer.run { server in
      let client = try RawClient(port: server.port)
      client.send(RawClient.request("GET", "/health", nil, headers: ["Connection": "close"]))
      #expect(await client.receive().contains("200 OK"))
      #expect(await eventually(.seconds(4)) { server.log.lines.count == 1 })
      try await Task.sleep(for: .milliseconds(1500))
      let metrics = try await RawClient.ask(server, "GET", "/metrics")
      #expect(metrics.body.contains("\nprism_connections 1\n"))
      client.leave()
    }
  }

  @Test("a client that does not read is let go, and its answer stops")
  func slowReader() async throws {
    let word = String(repeating: "w", count: 4000)
    let engine = ScriptedChatEngine(
      .init(words: [String](repeating: word, count: 20_000), pause: .milliseconds(1)))
    try await LiveServer.run(engine, change: { $0.writeTime = .milliseconds(300) }) { server in
      let client = try RawClient(port: server.port, receiveBuffer: 4096)
      client.send(
        RawClient.request("POST", CompletionTests.chat, CompletionTests.body(", \"stream\": true")))
      _ = await client.receive(until: "data")
      #expect(await eventually(.seconds(15)) { engine.statistics().active == 0 })
      #expect(engine.cancelled == 1)
    }
  }

  // Of answers of many sizes, some leave just a little behind once the system's buffers are full.
  @Test("a client that does not take the last of its answer is let go")
  func lastBytes() async throws {
    let engine = ScriptedChatEngine()
    try await LiveServer.run(engine, change: { $0.writeTime = .milliseconds(300) }) { server in
      let request = RawClient.request(
        "POST", CompletionTests.chat, CompletionTests.body(), headers: ["Connection": "close"])
      var clients: [RawClient] = []
      for kilobytes in stride(from: 500, to: 4500, by: 50) {
        engine.set { $0.words = [String(repeating: "w", count: kilobytes << 10)] }
        let client = try RawClient(port: server.port, receiveBuffer: 4096)
        client.send(request)
        clients.append(client)
        #expect(await eventually { engine.requests.count == clients.count })
      }
      var open = clients.count
      for _ in 0..<40 where open > 1 {
        try await Task.sleep(for: .milliseconds(200))
        let metrics = try await RawClient.ask(server, "GET", "/metrics").body
        let line = metrics.components(separatedBy: "\n").first {
          $0.hasPrefix("prism_connections ")
        }
        open = try #require(line?.split(separator: " ").last.flatMap { Int($0) })
      }
      #expect(open == 1)
      for client in clients { client.leave() }
    }
  }

  @Test("broken HTTP is answered with 400")
  func brokenHTTP() async throws {
    try await LiveServer.run { server in
      for text in ["GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{1}\u{2}\u{3}\r\n\r\n"] {
        let client = try RawClient(port: server.port)
        client.send(text)
        #expect(RawClient.parse(await client.receive()).status == 400, "\(text.debugDescription)")
      }
      #expect(try await RawClient.ask(server, "GET", "/health").status == 200)
    }
  }

  @Test("a second program on the port is told so in a sentence")
  func portTaken() async throws {
    try await LiveServer.run { server in
      let port = server.port
      await #expect(throws: ServerError.portTaken(host: "127.0.0.1", port: port)) {
        try await LiveServer.run(change: { $0.port = port }) { _ in }
      }
    }
  }

  @Test("a stopping server refuses new work, says so, and lets answers finish")
  func shutdown() async throws {
    let engine = ScriptedChatEngine(.init(pause: .milliseconds(300)))
    try await LiveServer.run(engine) { server in
      async let answer = RawClient.post(
        server, CompletionTests.chat, CompletionTests.body(", \"stream\": true"))
      #expect(await eventually { engine.statistics().active == 1 })
      await server.group.triggerGracefulShutdown()
      #expect(await eventually { server.log.lines.contains { $0.hasPrefix("stopping") } })
      let health = try await RawClient.ask(server, "GET", "/health")
      #expect(health.status == 503)
      let late = try await RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      #expect(late.status == 503 && late.code == "stopping")
      #expect(try await answer.events.last == "[DONE]")
    }
  }

  @Test("answers that do not finish in the grace fail rather than hang")
  func grace() async throws {
    let engine = ScriptedChatEngine(Self.endless)
    try await LiveServer.run(engine, change: { $0.shutdownTime = .milliseconds(200) }) { server in
      async let answer = RawClient.post(server, CompletionTests.chat, CompletionTests.body())
      #expect(await eventually { engine.statistics().active == 1 })
      await server.group.triggerGracefulShutdown()
      let status = try await answer.status
      #expect(status == 503)
    }
  }

  @Test("more connections than are served at a time wait their turn, and none is left behind")
  func burst() async throws {
    try await LiveServer.run(change: { $0.maximumConnections = 40 }) { server in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<200 {
          group.addTask { try await RawClient.ask(server, "GET", "/health").status }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses == [Int](repeating: 200, count: 200))
      let metrics = try await RawClient.ask(server, "GET", "/metrics")
      #expect(metrics.body.contains("\nprism_connections 1\n"), "\(metrics.body)")
    }
  }

  @Test("a server that is stopped under load finishes or fails each answer")
  func stopUnderLoad() async throws {
    let engine = ScriptedChatEngine(.init(pause: .milliseconds(60)))
    try await LiveServer.run(engine, change: { $0.shutdownTime = .milliseconds(100) }) { server in
      try await withThrowingTaskGroup(of: RawClient.Answer.self) { group in
        for index in 0..<40 {
          let body = CompletionTests.body(", \"stream\": \(index % 2 == 0)")
          group.addTask { try await RawClient.post(server, CompletionTests.chat, body) }
        }
        #expect(await eventually { engine.statistics().active == 40 })
        await server.group.triggerGracefulShutdown()
        for try await answer in group {
          let isWhole = answer.status == 200 && answer.body.contains("\"finish_reason\":\"stop\"")
          let isFailed = answer.body.contains("\"code\":\"stopping\"")
          #expect(isWhole != isFailed, "\(answer.status) \(answer.body)")
          #expect([200, 503].contains(answer.status))
        }
      }
    }
  }
}
