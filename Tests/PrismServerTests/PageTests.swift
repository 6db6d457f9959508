import Foundation
import PrismServer
import Testing

@Suite("The page", .timeLimit(.minutes(10)))
struct PageTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/PrismServer/Resources/page").standardizedFileURL

  /// Path on the server, file.
  private static func files() throws -> [(path: String, file: URL)] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map {
      ($0.lastPathComponent == "index.html" ? "/" : "/page/" + $0.lastPathComponent, $0)
    }
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
  ]

  @Test("every file is served as it is, without a key and under a strict policy")
  func served() async throws {
    let files = try Self.files()
    #expect(files.count > 10)
    try await LiveServer.run(change: { $0.keys = ["k"] }) { server in
      for (path, file) in files {
        let answer = try await RawClient.ask(server, "GET", path)
        #expect(answer.status == 200, "\(path)")
        #expect(answer.headers["content-type"] == Self.types[file.pathExtension])
        #expect(try answer.body == String(contentsOf: file, encoding: .utf8), "\(path)")
        #expect(
          answer.headers["content-security-policy"]
            == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["referrer-policy"] == "no-referrer")
        #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
        let head = try await RawClient.ask(server, "HEAD", path)
        #expect(head.status == 200 && head.body.isEmpty)
      }
    }
  }

  @Test("a browser that has a file is told so, until the file changes")
  func cached() async throws {
    try await LiveServer.run { server in
      let first = try await RawClient.ask(server, "GET", "/page/main.js")
      #expect(first.headers["cache-control"] == "no-cache")
      let tag = try #require(first.headers["etag"])
      for (known, status) in [
        (tag, 304), ("W/\(tag)", 304), ("\"other\", \(tag)", 304), ("\"other\"", 200),
      ] {
        let answer = try await RawClient.ask(
          server, "GET", "/page/main.js", headers: ["If-None-Match": known])
        #expect(answer.status == status && answer.body.isEmpty == (status == 304), "\(known)")
      }
      let other = try await RawClient.ask(server, "GET", "/page/api.js")
      #expect(other.headers["etag"] != tag)
    }
  }

  @Test("nothing but the page's files is served")
  func names() async throws {
    try await LiveServer.run { server in
      for path in [
        "/page/other.js", "/page/../openapi.json", "/page/..%2fopenapi.json",
        "/page/%2e%2e/openapi.json", "/page/index.html", "/page", "/page/page.css%00",
        "/page/page/page.css", "/index.html", "/page.css", "/favicon.ico",
      ] {
        let answer = try await RawClient.ask(server, "GET", path)
        #expect(answer.status == 404 && answer.code == "not_found", "\(path): \(answer.status)")
      }
      let post = try await RawClient.post(server, "/", "{}")
      #expect(post.status == 405 && post.headers["allow"] == "GET, HEAD")
    }
  }

  @Test("the page needs nothing that its policy forbids, and no other host")
  func selfContained() throws {
    for (path, file) in try Self.files() {
      let text = try String(contentsOf: file, encoding: .utf8)
      let others = text.replacing("http://www.w3.org/2000/svg", with: "").contains(
        /https?:\/\/|\/\/[a-z]+\.|@import|url\(/)
      #expect(!others, "\(path) names another host")
      for word in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage",
      ] {
        #expect(!text.contains(word), "\(path) has \(word)")
      }
      guard file.pathExtension == "html" else { continue }
      #expect(!text.contains(/<style|\sstyle=|\son[a-z]+=|javascript:/), "\(path) has code inline")
      #expect(
        text.ranges(of: /<script[^>]*>/).allSatisfy { text[$0].contains("src=") }
          && text.ranges(of: /<script[^>]*><\/script>/).count == text.ranges(of: "<script").count)
    }
  }
}
