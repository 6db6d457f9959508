import HTTPTypes

/// The server's paths and the methods that they answer.
struct Endpoint: Hashable, Sendable {
  let pattern: String
  let methods: [HTTPRequest.Method]

  static let chat = Endpoint(pattern: "/v1/chat/completions", methods: [.post])
  static let completions = Endpoint(pattern: "/v1/completions", methods: [.post])
  static let route = Endpoint(pattern: "/v1/route", methods: [.post])
  static let models = Endpoint(pattern: "/v1/models", methods: [.get, .head])
  static let model = Endpoint(pattern: "/v1/models/{id}", methods: [.get, .head])
  static let health = Endpoint(pattern: "/health", methods: [.get, .head])
  static let metrics = Endpoint(pattern: "/metrics", methods: [.get, .head])
  static let description = Endpoint(pattern: "/openapi.json", methods: [.get, .head])
  static let page = Endpoint(pattern: "/", methods: [.get, .head])
  static let pageFile = Endpoint(pattern: "/page/{name}", methods: [.get, .head])

  static let all = [
    chat, completions, route, models, model, health, metrics, description, page, pageFile,
  ]

  var allowed: String { methods.map(\.rawValue).joined(separator: ", ") }

  func answers(_ method: HTTPRequest.Method) -> Bool { methods.contains(method) }

  /// The endpoint at a request's path.
  static func of(_ path: String) -> Endpoint? {
    let parts = path.split(separator: "/").map(String.init)
    return all.first { endpoint in
      let pattern = endpoint.pattern.split(separator: "/").map(String.init)
      return pattern.count == parts.count
        && zip(pattern, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
  }
}
