import Foundation
import PrismServer
import Testing

@Suite("Keys, hosts and other sites", .timeLimit(.minutes(10)))
struct AccessTests {
  @Test("with keys, only bearers of one get in; health and description are open")
  func keys() async throws {
    try await LiveServer.run(change: { $0.keys = ["first-key", "second-key"] }) { server in
      for (header, status) in [
        (nil, 401), ("", 401), ("Bearer", 401), ("Bearer ", 401), ("Bearer wrong", 401),
        ("Bearer first-ke", 401), ("Bearer first-key2", 401), ("Basic first-key", 401),
        ("Bearer first-key", 200), ("bearer second-key", 200),
      ] as [(String?, Int)] {
        let headers = header.map { ["Authorization": $0] } ?? [:]
        let answer = try await RawClient.post(
          server, CompletionTests.chat, CompletionTests.body(), headers: headers)
        #expect(answer.status == status, "\(header ?? "none")")
        if status == 401 {
          #expect(answer.code == "invalid_api_key")
          #expect(answer.headers["www-authenticate"] == "Bearer")
        }
        #expect(
          try await RawClient.ask(server, "GET", "/metrics", headers: headers).status == status)
      }
      // The router takes empty parts for none.
      for path in [
        "/v1/models", "/v1/nothing", "/v1", "//v1/models", "/v1//models", "///metrics",
        "//metrics/",
        "/./v1/models", "/%76%31/models", "/nothing", "http://localhost//v1/models",
      ] {
        #expect(try await RawClient.ask(server, "GET", path).status == 401, "\(path)")
      }
      for path in ["/health", "/openapi.json"] {
        #expect(try await RawClient.ask(server, "GET", path).status == 200)
      }
    }
  }

  @Test("other addresses need keys or a waiver")
  func addresses() throws {
    var settings = ServerSettings()
    for host in ["127.0.0.1", "127.1.2.3", "localhost", "::1"] {
      settings.host = host
      try settings.validate()
    }
    for host in ["0.0.0.0", "::", "example.org", "127.example.org", "127.0.0.1.example.org"] {
      settings.host = host
      settings.keys = []
      settings.allowsAnonymous = false
      #expect(throws: ServerError.keysNeeded(host: host)) { try settings.validate() }
      settings.allowsAnonymous = true
      try settings.validate()
      settings.allowsAnonymous = false
      settings.keys = ["k"]
      try settings.validate()
    }
  }

  @Test("without keys a web page cannot reach the server under a name of its own")
  func hosts() async throws {
    try await LiveServer.run { server in
      for (host, status) in [
        ("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
      ] {
        let answer = try await RawClient.ask(server, "GET", "/health", headers: ["Host": host])
        #expect(answer.status == status, "\(host)")
      }
    }
    try await LiveServer.run(change: { $0.keys = ["k"] }) { server in
      let answer = try await RawClient.ask(
        server, "GET", "/health", headers: ["Host": "prism.example"])
      #expect(answer.status == 200)
    }
  }

  @Test("other sites' pages are let in only where the operator named them")
  func cors() async throws {
    let origin = ["Origin": "https://a.example"]
    try await LiveServer.run { server in
      let answer = try await RawClient.ask(server, "GET", "/health", headers: origin)
      #expect(answer.headers["access-control-allow-origin"] == nil)
      #expect(
        try await RawClient.ask(server, "OPTIONS", CompletionTests.chat, headers: origin).status
          == 405)
    }
    try await LiveServer.run(change: { $0.corsOrigin = "https://a.example" }) { server in
      let answer = try await RawClient.ask(server, "GET", "/health", headers: origin)
      #expect(answer.headers["access-control-allow-origin"] == "https://a.example")
      let refused = try await RawClient.post(server, CompletionTests.chat, "{}", headers: origin)
      #expect(refused.headers["access-control-allow-origin"] == "https://a.example")
      let asked = try await RawClient.ask(server, "OPTIONS", CompletionTests.chat, headers: origin)
      #expect(asked.status == 204)
      #expect(asked.headers["access-control-expose-headers"]?.contains("x-prism-route") == true)
      let other = try await RawClient.ask(
        server, "GET", "/health", headers: ["Origin": "https://b.example"])
      #expect(other.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test("lines of a key file")
  func file() {
    #expect(KeyRing.keys(ofLines: "# ours\n\n  one \r\ntwo\n") == ["one", "two"])
  }
}
