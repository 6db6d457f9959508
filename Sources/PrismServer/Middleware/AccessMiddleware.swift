import HTTPTypes
import Hummingbird

/// Who may ask: with keys, everything but health, description and page needs one, and so does every
/// path that is not known; how a path is spelt opens nothing. Without keys on the
/// loopback address, the request must be addressed to a loopback name: a web page that points a name
/// of its own at this machine could otherwise use the server through a visitor's browser.
struct AccessMiddleware: RouterMiddleware {
  private static let open: Set<Endpoint> = [.health, .description, .page, .pageFile]

  let keys: KeyRing
  let isLoopback: Bool

  func handle(
    _ request: Request, context: PrismContext,
    next: (Request, PrismContext) async throws -> Response
  ) async throws -> Response {
    if !keys.isEmpty {
      let isOpen = Endpoint.of(request.uri.path).map(Self.open.contains) ?? false
      guard isOpen || keys.accepts(request.headers[.authorization]) else {
        throw APIError.unauthorized
      }
    } else if isLoopback, let authority = request.head.authority, !authority.isEmpty {
      guard LoopbackName.matches(Self.host(of: authority)) else { throw APIError.wrongHost }
    }
    return try await next(request, context)
  }

  /// `name:port`, `[address]:port` or either without a port.
  private static func host(of authority: String) -> String {
    if authority.hasPrefix("[") {
      return String(authority.dropFirst().prefix { $0 != "]" })
    }
    return String(authority.prefix { $0 != ":" })
  }
}

/// Names and addresses of the machine itself.
enum LoopbackName {
  static func matches(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
