package import PrismRouter

/// Everything that can be set about a server.
package struct ServerSettings: Sendable {
  /// Address or name to listen on; only this machine can reach the default.
  package var host = "127.0.0.1"
  /// 0 lets the system choose a free one. Range 0...65535.
  package var port = 8080
  /// What the gate may do for models named `...:prism`.
  package var gateMode = GateMode.enforce
  /// Without any, everybody who reaches the port may ask.
  package var keys: [String] = []
  /// Whether addresses that other machines reach may be served without keys.
  package var allowsAnonymous = false
  /// Site whose pages may use the server from a browser, `*` for all; none by default.
  package var corsOrigin: String?
  /// Bytes of a request's body. Range 1024...1 << 30.
  package var maximumBodyBytes = 1 << 20
  /// Tokens of a prompt; the context by default. Range 1 and above.
  package var maximumPromptTokens: Int?
  /// Tokens of an answer, which is also what an answer gets that names no number. Range 1 and above.
  package var maximumAnswerTokens = 1024
  /// Answers that one request may ask for. Range 1...128.
  package var maximumChoices = 8
  /// Range 1...65536.
  package var maximumConnections = 1024
  /// In which a connection's first request must begin, and its head arrive.
  package var headTime = Duration.seconds(10)
  /// In which a body must arrive.
  package var bodyTime = Duration.seconds(30)
  /// For which a connection may rest between two requests.
  package var idleTime = Duration.seconds(75)
  /// In which a client must take what is written to it.
  package var writeTime = Duration.seconds(30)
  /// From a request's arrival to its answer's end.
  package var requestTime = Duration.seconds(300)
  /// For which a stopping server lets answers finish.
  package var shutdownTime = Duration.seconds(30)
  /// Whether prompts are written to the log.
  package var logsPrompts = false

  package init() {}

  var isLoopback: Bool { LoopbackName.matches(host) }

  /// Throws `ServerError` for the first setting that is out of range.
  package func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: String, _ allowed: String) throws {
      if !holds { throw ServerError.setting(name: name, value: value, allowed: allowed) }
    }
    try check((0...65535).contains(port), "port", "\(port)", "0 to 65535")
    try check(
      (1024...1 << 30).contains(maximumBodyBytes), "body limit", "\(maximumBodyBytes)",
      "1024 to 1073741824 bytes")
    if let tokens = maximumPromptTokens {
      try check(tokens >= 1, "prompt limit", "\(tokens)", "1 token or more")
    }
    try check(
      maximumAnswerTokens >= 1, "answer limit", "\(maximumAnswerTokens)", "1 token or more")
    try check(
      (1...128).contains(maximumChoices), "answers a request", "\(maximumChoices)", "1 to 128")
    try check(
      (1...65536).contains(maximumConnections), "connections", "\(maximumConnections)", "1 to 65536"
    )
    for (name, time) in [
      ("head time", headTime), ("body time", bodyTime), ("idle time", idleTime),
      ("write time", writeTime), ("request time", requestTime),
    ] {
      try check(
        time > .zero && time <= .seconds(86_400), name, "\(time)", "above 0 seconds, up to a day")
    }
    try check(
      shutdownTime >= .zero && shutdownTime <= .seconds(86_400), "shutdown time",
      "\(shutdownTime)", "0 seconds to a day")
    guard isLoopback || !keys.isEmpty || allowsAnonymous else {
      throw ServerError.keysNeeded(host: host)
    }
  }

  func limits(contextLength: Int) -> ServerLimits {
    ServerLimits(
      maximumPromptTokens: min(maximumPromptTokens ?? .max, contextLength - 1),
      maximumAnswerTokens: maximumAnswerTokens, maximumChoices: maximumChoices)
  }
}

/// What one request may ask for.
struct ServerLimits: Sendable {
  let maximumPromptTokens: Int
  let maximumAnswerTokens: Int
  let maximumChoices: Int
}

/// Why a server does not start, one sentence each.
package enum ServerError: Error, Hashable, CustomStringConvertible {
  case setting(name: String, value: String, allowed: String)
  case keysNeeded(host: String)
  case portTaken(host: String, port: Int)
  case cannotListen(host: String, port: Int, reason: String)
  /// The system allows too few open files for the connections asked for.
  case openFiles(allowed: Int, needed: Int)
  /// An upstream, or the key for them, cannot be used.
  case upstream(String)

  package var description: String {
    switch self {
    case .setting(let name, let value, let allowed):
      "the \(name) is \(value); allowed: \(allowed)"
    case .keysNeeded(let host):
      "other machines can reach \(host), so clients must show a key: name a file of keys with --api-key-file, set PRISM_API_KEYS, or waive it with --allow-anonymous"
    case .portTaken(let host, let port):
      "another program listens on \(host) port \(port) already; stop it, or choose another with --port (0 takes a free one)"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host) port \(port): \(reason)"
    case .upstream(let problem): problem
    case .openFiles(let allowed, let needed):
      "the system allows this process \(allowed) open files, and its connections need \(needed); raise it with ulimit -n, or lower --max-connections"
    }
  }
}
