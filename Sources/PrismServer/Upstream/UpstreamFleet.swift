import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import PrismModel
import Synchronization

/// The servers behind a router: which of them are up, and what is under way at each.
final class UpstreamFleet: Sendable {
  private struct Standing {
    var isUp = true
    /// Health checks in a row that failed.
    var failures = 0
    var active = 0
    /// When it last got a request, in requests of the whole fleet.
    var turn = 0
  }

  private struct State {
    var standings: [Standing]
    var turns = 0
    var exchanges: [Int: UpstreamExchange] = [:]
    var client: HTTPClient?
    var isStopping = false
  }

  let settings: UpstreamSettings
  let upstreams: [Upstream]
  let metrics: UpstreamMetrics
  private let connectionLimit: Int
  private let logger: Logger
  private let state: Mutex<State>

  /// - Parameter connectionLimit: connections to one upstream at most; further requests wait for one.
  /// - Throws: `ServerError` when a setting is out of range or a route has no server.
  init(_ settings: UpstreamSettings, connectionLimit: Int, logger: Logger) throws {
    try settings.validate()
    self.settings = settings
    self.connectionLimit = connectionLimit
    self.logger = logger
    upstreams = try Upstream.merged(settings.upstreams)
    metrics = UpstreamMetrics(upstreams)
    state = Mutex(State(standings: upstreams.map { _ in Standing() }))
  }

  /// Sends a request to the server of its route that is up and has the least to do; nil when there is
  /// none but those in `tried`.
  ///
  /// Throws `APIError.stopping` once the server stops.
  func begin(
    _ request: RoutedRequest, except tried: Set<Int>
  ) throws -> UpstreamExchange? {
    let client = try openClient()
    return state.withLock { state in
      guard let index = choose(request.route, except: tried, of: state.standings) else {
        return nil
      }
      state.turns += 1
      let turn = state.turns
      state.standings[index].turn = turn
      state.standings[index].active += 1
      let exchange = UpstreamExchange(
        index: index, sent(request, to: upstreams[index]), client: client,
        deadline: request.deadline
      ) { [weak self] in self?.finish(index, turn, $0) }
      state.exchanges[turn] = exchange
      return exchange
    }
  }

  private func choose(
    _ route: Route, except tried: Set<Int>, of standings: [Standing]
  ) -> Int? {
    upstreams.indices.filter {
      standings[$0].isUp && upstreams[$0].routes.contains(route) && !tried.contains($0)
    }.min { first, second in
      (standings[first].active, standings[first].turn)
        < (standings[second].active, standings[second].turn)
    }
  }

  private func sent(_ request: RoutedRequest, to upstream: Upstream) -> HTTPClientRequest {
    var result = HTTPClientRequest(url: upstream.url + request.path)
    result.method = .POST
    result.headers = ["Content-Type": "application/json", "X-Request-Id": request.id]
    if let accept = request.accept { result.headers.add(name: "Accept", value: accept) }
    if let key = settings.key {
      result.headers.add(name: "Authorization", value: key.authorization)
    }
    result.body = .bytes(request.body)
    return result
  }

  private func finish(_ index: Int, _ turn: Int, _ outcome: UpstreamExchange.Outcome) {
    state.withLock { state in
      state.standings[index].active -= 1
      state.exchanges[turn] = nil
    }
    metrics.add(index, outcome)
    guard case .failed(let failure) = outcome else { return }
    if failure.kind == .unreachable {
      note(index, problem: failure.reason, isCheck: false)
    } else {
      logger.warning(
        "upstream broke off",
        metadata: ["upstream": "\(upstreams[index].label)", "reason": "\(failure.reason)"])
    }
  }

  /// Routes of which no server is up.
  var missingRoutes: [Route] {
    let standings = state.withLock { $0.standings }
    return [Route.base, .adapter].filter { choose($0, except: [], of: standings) == nil }
  }

  /// Whether each upstream is up, and the requests under way there.
  var standing: [(isUp: Bool, active: Int)] {
    state.withLock { $0.standings }.map { (isUp: $0.isUp, active: $0.active) }
  }

  /// Records what a health check or a request found; `problem` is nil where the server is well. Returns
  /// when to ask next.
  @discardableResult
  func note(_ index: Int, problem: String?, isCheck: Bool = true) -> Duration {
    let (changed, failures) = state.withLock { state -> (Bool, Int) in
      let wasUp = state.standings[index].isUp
      state.standings[index].isUp = problem == nil
      if isCheck || problem == nil {
        state.standings[index].failures = problem == nil ? 0 : state.standings[index].failures + 1
      }
      return (wasUp != (problem == nil), state.standings[index].failures)
    }
    if changed {
      var metadata: Logger.Metadata = ["upstream": "\(upstreams[index].label)"]
      if let problem { metadata["reason"] = "\(problem)" }
      logger.log(
        level: problem == nil ? .notice : .warning,
        problem == nil ? "upstream up" : "upstream down",
        metadata: metadata)
    }
    return settings.wait(failures: failures)
  }

  // MARK: Client and end

  /// The client, made when it is first needed.
  func openClient() throws -> HTTPClient {
    try state.withLock { state in
      guard !state.isStopping else { throw APIError.stopping }
      if let client = state.client { return client }
      let client = HTTPClient(
        eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
      state.client = client
      return client
    }
  }

  /// Redirects are passed on, and connections are not tried again behind our back.
  private var configuration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = TimeAmount(settings.connectTime)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
    // llama-server and uvicorn close connections that rest for 5 s; a request must not meet that.
    configuration.connectionPool.idleTimeout = .seconds(2)
    return configuration
  }

  /// Lets requests under way finish for `grace`, then ends the rest with `APIError.stopping`. New ones are
  /// refused before they come here.
  func stop(within grace: Duration) async {
    let end = ContinuousClock.now + grace
    while state.withLock({ !$0.exchanges.isEmpty }), ContinuousClock.now < end {
      // A cancelled wait only makes the next look come sooner.
      try? await Task.sleep(for: .milliseconds(20))
    }
    for exchange in state.withLock({ Array($0.exchanges.values) }) {
      exchange.end(APIError.stopping)
    }
  }

  /// Closes all connections. Throws what the client throws.
  func close() async throws {
    let client = state.withLock { state in
      state.isStopping = true
      defer { state.client = nil }
      return state.client
    }
    try await client?.shutdown()
  }
}

/// What is sent, whichever server gets it.
struct RoutedRequest: Sendable {
  let route: Route
  /// Such as `/v1/chat/completions`.
  let path: String
  let body: ByteBuffer
  /// The server's own number of the request, for both logs.
  let id: String
  /// The client's `Accept`.
  let accept: String?
  let deadline: ContinuousClock.Instant
}
