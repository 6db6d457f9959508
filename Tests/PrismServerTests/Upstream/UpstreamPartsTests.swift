import Logging
import PrismModel
import PrismServer
import Testing

@Suite("Upstreams as they are named")
struct UpstreamPartsTests {
  @Test("an upstream's address is taken with or without /v1, and what it answers with it")
  func addresses() throws {
    for (text, url, label, routes) in [
      ("http://a:8000", "http://a:8000", "a:8000", [.base, .adapter]),
      ("base=http://a:8000/v1/", "http://a:8000", "a:8000", [.base]),
      ("adapter=HTTPS://A.example/llm/v1", "https://A.example/llm", "a.example/llm", [.adapter]),
      (" http://[::1]:8000/ ", "http://[::1]:8000", "[::1]:8000", [.base, .adapter]),
    ] as [(String, String, String, Set<Route>)] {
      let upstream = try Upstream(text)
      #expect(
        upstream.url == url && upstream.label == label && upstream.routes == routes, "\(text)")
    }
    for text in [
      "", "a:8000", "ftp://a", "http://", "base=", "other=http://a", "http://user:secret@a",
      "http://a?key=secret", "http://a#secret", "http://a:70000",
    ] {
      let error = #expect(throws: ServerError.self, "\(text)") { try Upstream(text) }
      #expect(error?.description.contains("secret") == false)
    }
    for value in ["", " \n", "two words", "line\nbreak"] {
      #expect(throws: ServerError.self) { try UpstreamKey(value, variable: "K") }
    }
  }

  @Test("each route needs a server; a server named twice has both routes")
  func routes() async throws {
    func start(_ arguments: [String]) throws {
      let settings = UpstreamSettings(
        upstreams: try arguments.map(Upstream.init), baseName: "b", adapterName: "a")
      _ = try PrismServer(
        settings: ServerSettings(), model: LiveServer.model(), gates: ScriptedChatEngine(),
        upstream: settings, logger: Logger(label: "test"))
    }
    try start(["base=http://a", "adapter=http://a"])
    try start(["http://a"])
    let error = #expect(throws: ServerError.self) { try start(["base=http://a"]) }
    #expect(error?.description.contains("--upstream adapter=URL") == true)
    #expect(throws: ServerError.self) { try start([]) }
  }
}
