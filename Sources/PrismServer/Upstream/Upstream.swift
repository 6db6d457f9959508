import Foundation
package import PrismModel

/// An OpenAI-compatible server behind the router.
package struct Upstream: Hashable, Sendable {
  /// Without `/v1` and without a slash at its end.
  package let url: String
  /// Host, port and path, for log and metrics.
  package let label: String
  /// What it answers.
  package let routes: Set<Route>

  /// - Parameter argument: `base=URL`, `adapter=URL`, or a URL alone for a server that answers both.
  /// - Throws: `ServerError.upstream`, without the text itself: a key may have been pasted into it.
  package init(_ argument: String) throws {
    var text = argument.trimmingCharacters(in: .whitespacesAndNewlines)
    var routes: Set<Route> = [.base, .adapter]
    for route in routes where text.hasPrefix("\(route.rawValue)=") {
      text.removeFirst(route.rawValue.count + 1)
      routes = [route]
      break
    }
    guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host?.lowercased(), !host.isEmpty
    else {
      throw ServerError.upstream(
        "an upstream must look like http://host:port, base=http://host:port or adapter=http://host:port"
      )
    }
    guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
      throw ServerError.upstream(
        "an upstream must end with its path, and have no user or password; name the variable that holds its key with --upstream-key-env"
      )
    }
    if let port = parts.port, !(1...65535).contains(port) {
      throw ServerError.upstream("an upstream's port is \(port); allowed: 1 to 65535")
    }
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    if path.hasSuffix("/v1") { path.removeLast(3) }
    while path.hasSuffix("/") { path.removeLast() }
    parts.percentEncodedPath = path
    parts.scheme = scheme
    guard let whole = parts.string else { throw ServerError.upstream("an upstream is no URL") }
    url = whole
    label = host + (parts.port.map { ":\($0)" } ?? "") + path
    self.routes = routes
  }

  private init(_ other: Upstream, routes: Set<Route>) {
    (url, label, self.routes) = (other.url, other.label, routes)
  }

  /// Every server once, in order, with all routes that it was named for. Throws `ServerError.upstream`
  /// when a route has no server.
  static func merged(_ upstreams: [Upstream]) throws -> [Upstream] {
    var result: [Upstream] = []
    for upstream in upstreams {
      if let place = result.firstIndex(where: { $0.url == upstream.url }) {
        result[place] = Upstream(upstream, routes: result[place].routes.union(upstream.routes))
      } else {
        result.append(upstream)
      }
    }
    for route in [Route.base, .adapter] where !result.contains(where: { $0.routes.contains(route) })
    {
      throw ServerError.upstream(
        "no upstream answers \(route) requests; add --upstream \(route)=URL")
    }
    return result
  }
}

/// The key that the router shows its upstreams. Printing it shows where it came from.
package struct UpstreamKey: Sendable, CustomStringConvertible, CustomReflectable {
  let authorization: String
  private let variable: String

  /// - Parameter variable: the environment variable that held `value`, for messages.
  /// - Throws: `ServerError.upstream` when it is empty or cannot stand in a header.
  package init(_ value: String, variable: String) throws {
    let trimmed = value.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw ServerError.upstream(
        "the environment variable \(variable) holds no key; set it to the upstreams' key")
    }
    authorization = "Bearer " + trimmed
    self.variable = variable
  }

  package var description: String { "(key from \(variable))" }
  package var customMirror: Mirror { Mirror(self, children: ["variable": variable]) }
}
