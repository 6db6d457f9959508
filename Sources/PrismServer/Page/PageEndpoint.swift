import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /` and `GET /page/{name}`: the page to try the server with. It holds no secret and asks for
/// the key itself.
///
/// Files are read once, by the names of a fixed table; what a request names is only looked up there.
struct PageEndpoint {
  /// Scripts, styles and requests of the page's own server only; nothing inline, and no way to make
  /// markup of text.
  static let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
    "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].joined(separator: "; ")

  private static let index = "index.html"
  /// Beside the index.
  private static let names = [
    "page.css", "chat.css", "icon.svg", "main.js", "answer.js", "api.js", "chat.js",
    "conversation.js", "decision.js", "dom.js", "events.js", "inspector.js", "key.js", "models.js",
    "settings.js",
  ]

  private let front: PageFile
  private let files: [String: PageFile]

  /// Throws when a file cannot be read, which only a damaged installation does.
  init() throws {
    front = try PageFile(Self.index)
    files = try Dictionary(uniqueKeysWithValues: Self.names.map { ($0, try PageFile($0)) })
  }

  func add(to router: Router<PrismContext>) {
    router.get("/") { request, _ in front.response(to: request) }
    router.get("page/:name") { request, context in
      guard let file = context.parameters.get("name").flatMap({ files[$0] }) else {
        throw APIError.notFound
      }
      return file.response(to: request)
    }
  }
}

/// One file of the page, as it is sent.
private struct PageFile: Sendable {
  private let body: ByteBuffer
  private let headers: HTTPFields

  init(_ name: String) throws {
    let data = try Data(contentsOf: URL(filePath: ServerResources.path("page/" + name)))
    body = ByteBuffer(bytes: data)
    let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined().prefix(16)
    headers = [
      .contentType: Self.type(of: name),
      // Kept, but asked about each time: a newer server's page must not run an older one's scripts.
      .cacheControl: "no-cache",
      .eTag: "\"\(digest)\"",
      .contentSecurityPolicy: PageEndpoint.contentSecurityPolicy,
      .contentTypeOptions: "nosniff",
      .referrerPolicy: "no-referrer",
      .crossOriginOpenerPolicy: "same-origin",
      .crossOriginResourcePolicy: "same-origin",
    ]
  }

  private static func type(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "text/javascript; charset=utf-8"
    }
  }

  func response(to request: Request) -> Response {
    let known = request.headers[.ifNoneMatch] ?? ""
    if let tag = headers[.eTag], known.contains(tag) {
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}

extension HTTPField.Name {
  fileprivate static let referrerPolicy = HTTPField.Name("referrer-policy")!
  fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("cross-origin-opener-policy")!
}
