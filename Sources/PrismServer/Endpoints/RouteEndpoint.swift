import Hummingbird
import PrismModel

/// `POST /v1/route`: where a conversation would go, without an answer.
struct RouteEndpoint {
  let core: ServerCore

  private struct Decision: Encodable {
    let object = "prism.route"
    let model: String
    let route: Route
    let probability: Float
    let threshold: Float
    /// The layer whose output the gate read.
    let layer: Int
  }

  func add(to router: Router<PrismContext>) {
    router.post("v1/route") { request, context in
      try await decide(request, context)
    }
  }

  private func decide(_ request: Request, _ context: PrismContext) async throws -> Response {
    let asked = try RouteRequest(try await core.body(of: request), models: core.table)
    context.record.update { $0.model = asked.model.id }
    let prompt = try core.model.renderer.prompt(asked.messages)
    guard prompt.tokens.count <= core.limits.maximumPromptTokens else {
      throw APIError.promptTooLong(prompt.tokens.count, limit: core.limits.maximumPromptTokens)
    }
    let probability = try await ask(asked.bundle.name, prompt, context)
    return try .json(
      Decision(
        model: asked.model.id,
        route: Route(probability: probability, threshold: asked.bundle.threshold),
        probability: probability, threshold: asked.bundle.threshold, layer: asked.bundle.gateLayer))
  }

  /// Asks the gate for as long as a request may take and its client is there.
  private func ask(
    _ bundle: String, _ prompt: RenderedPrompt, _ context: PrismContext
  ) async throws -> Float {
    let watch = try await context.clientWatch()
    let (engine, limit) = (core.gates, core.settings.requestTime)
    let asking = Task {
      try await withThrowingTaskGroup(of: Float.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await engine.probability(of: prompt, bundle: bundle) }
        group.addTask {
          try await Task.sleep(for: limit)
          throw ServingError.deadlineExceeded
        }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
      }
    }
    watch?.onGone { asking.cancel() }
    defer { watch?.forget() }
    return try await asking.value
  }
}
