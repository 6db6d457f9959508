import HTTPTypes
import Hummingbird
import NIOCore
import PrismModel

/// Decides about one request and has an upstream answer it.
struct UpstreamWork: Sendable {
  let core: ServerCore
  let fleet: UpstreamFleet
  let endpoint: Endpoint
  let shape: AnswerShape
  let context: PrismContext

  func response(to request: Request) async throws -> Response {
    let body = try await core.body(of: request)
    let deadline = ContinuousClock.now + core.settings.requestTime
    let asked = try UpstreamRequest(body, models: core.table)
    context.record.update {
      $0.model = asked.model.id
      $0.user = asked.user
    }
    let report = try await decide(asked)
    context.record.update { $0.reports = [report] }
    let routed = RoutedRequest(
      route: report.route, path: endpoint.pattern,
      body: try asked.body(for: report.route, fleet.settings), id: context.id,
      accept: request.headers[.accept], deadline: deadline)
    var response = try await answer(routed)
    response.headers.addDecision([report])
    return response
  }

  /// Asks the gate where the request leaves it the choice.
  private func decide(_ asked: UpstreamRequest) async throws -> PrismReport {
    var decision = AnswerRun.Decision(route: .base, probability: nil)
    switch asked.model.routing(core.settings.gateMode) {
    case .base: break
    case .adapter: decision = .init(route: .adapter, probability: nil)
    case .gated(let bundle, _):
      let start = ContinuousClock.now
      let prompt = try asked.prompt(shape, core.model)
      if core.settings.logsPrompts { context.record.update { $0.prompt = prompt.text } }
      guard prompt.tokens.count <= core.limits.maximumPromptTokens else {
        throw APIError.promptTooLong(prompt.tokens.count, limit: core.limits.maximumPromptTokens)
      }
      let found = try await core.gates.probability(of: prompt, bundle: bundle)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      fleet.metrics.addDecision(seconds: seconds)
      context.record.update { $0.decisionSeconds = seconds }
      let route = asked.model.bundle.map { Route(probability: found, threshold: $0.threshold) }
      decision = .init(route: route ?? .base, probability: found)
    }
    return PrismReport(
      decision, threshold: asked.model.bundle?.threshold,
      mode: asked.model.gateMode(core.settings.gateMode))
  }

  /// A client that leaves ends the upstream's work.
  private func answer(_ request: RoutedRequest) async throws -> Response {
    let watch = try await context.clientWatch()
    do {
      let (exchange, opening) = try await open(request, watch)
      guard opening.head.status != 401 else {
        exchange.end(APIError.upstreamKey)
        throw APIError.upstreamKey
      }
      let status = HTTPResponse.Status(code: opening.head.status)
      if opening.isWhole {
        watch?.forget()
        return Response(
          status: status, headers: opening.head.fields,
          body: ResponseBody(byteBuffer: opening.bytes))
      }
      return stream(exchange, opening, status, watch)
    } catch {
      watch?.forget()
      throw error
    }
  }

  /// Tries one upstream after the other until one has begun to answer. Nothing has gone to the client
  /// then, so nothing is lost where one fails.
  private func open(
    _ request: RoutedRequest, _ watch: ClientWatch?
  ) async throws -> (UpstreamExchange, UpstreamOpening) {
    var tried: Set<Int> = []
    // Those that broke off may have closed a connection that had rested; they are asked once more.
    var again: Set<Int>? = []
    var refusal: (UpstreamExchange, UpstreamOpening)?
    var failure: UpstreamFailure?
    while true {
      guard let exchange = try fleet.begin(request, except: tried) else {
        guard let broken = again, !broken.isEmpty else { break }
        tried.subtract(broken)
        again = nil
        continue
      }
      tried.insert(exchange.index)
      context.record.update {
        $0.upstream = fleet.upstreams[exchange.index].label
        $0.attempts += 1
      }
      watch?.onGone { exchange.end(CancellationError()) }
      do {
        let opening = try await exchange.opening()
        guard opening.mayBeAskedElsewhere else { return (exchange, opening) }
        refusal = (exchange, opening)
      } catch let error as UpstreamFailure {
        failure = error
        if error.kind == .broken { again?.insert(exchange.index) }
      }
    }
    if let refusal { return refusal }
    throw failure.map(APIError.upstream)
      ?? APIError.upstreamDown(request.route, seconds: fleet.settings.secondsToRecovery)
  }

  private func stream(
    _ exchange: UpstreamExchange, _ opening: UpstreamOpening, _ status: HTTPResponse.Status,
    _ watch: ClientWatch?
  ) -> Response {
    var headers = opening.head.fields
    if opening.head.isEventStream { headers[.accelBuffering] = "no" }
    let stream = UpstreamStream(exchange: exchange, opening: opening, record: context.record)
    return Response(
      status: status, headers: headers,
      body: ResponseBody { [record = context.record] writer in
        // However the writing ends, nothing goes on for nobody.
        defer {
          exchange.end(CancellationError())
          watch?.forget()
        }
        do {
          try await stream.write(to: &writer)
        } catch {
          record.update { $0.failure = $0.failure ?? "client_gone" }
          throw error
        }
      })
  }
}
