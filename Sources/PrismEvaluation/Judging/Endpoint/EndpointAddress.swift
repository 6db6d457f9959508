import Foundation

/// Where an OpenAI-compatible endpoint takes chat completions.
package struct EndpointAddress: Hashable, Sendable {
  package let url: String
  /// Host, port where the URL names one, and path: for messages and cache keys.
  package let label: String

  /// Takes `https://host`, `https://host/v1` and `https://host/v1/chat/completions` alike.
  /// Throws `EvaluationError.judgeSetting`, without the URL: a key may have been pasted into it.
  package init(_ text: String) throws {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard var parts = URLComponents(string: trimmed), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host?.lowercased(), !host.isEmpty
    else { throw Self.unusable("it must look like https://host or http://host:port/v1") }
    guard parts.user == nil, parts.password == nil else {
      throw Self.unusable(
        "it holds a user name or password; give the key in an environment variable")
    }
    guard parts.query == nil, parts.fragment == nil else {
      throw Self.unusable("it must end with its path, without ? or #")
    }
    if let port = parts.port, !(1...65535).contains(port) {
      throw Self.unusable("ports go from 1 to 65535")
    }
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    if path.hasSuffix("/v1") {
      path += "/chat/completions"
    } else if !path.hasSuffix("/chat/completions") {
      path += "/v1/chat/completions"
    }
    parts.percentEncodedPath = path
    parts.scheme = scheme
    guard let whole = parts.string else { throw Self.unusable("it is not a URL") }
    url = whole
    label = host + (parts.port.map { ":\($0)" } ?? "") + path
  }

  private static func unusable(_ problem: String) -> EvaluationError {
    .judgeSetting(name: "URL", problem: problem)
  }
}
