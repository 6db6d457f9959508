import Hummingbird

/// `POST /v1/chat/completions` and `POST /v1/completions` of a router: decided here, answered elsewhere.
struct UpstreamEndpoints {
  let core: ServerCore
  let fleet: UpstreamFleet

  func add(to router: Router<PrismContext>) {
    for (endpoint, shape) in [(Endpoint.chat, AnswerShape.chat), (.completions, .plain)] {
      router.post(RouterPath(endpoint.pattern)) { request, context in
        try await UpstreamWork(
          core: core, fleet: fleet, endpoint: endpoint, shape: shape, context: context
        ).response(to: request)
      }
    }
  }
}
