import Hummingbird
import NIOCore
import PrismModel

/// `POST /v1/chat/completions` and `POST /v1/completions`.
struct CompletionEndpoints {
  let core: ServerCore
  let engine: any ChatEngine

  func add(to router: Router<PrismContext>) {
    router.post("v1/chat/completions") { request, context in
      try await chat(request, context)
    }
    router.post("v1/completions") { request, context in
      try await complete(request, context)
    }
  }

  private func chat(_ request: Request, _ context: PrismContext) async throws -> Response {
    let body = try await core.body(of: request)
    let asked = try ChatCompletionRequest(body, models: core.table, limits: core.limits)
    let prompt = try core.model.renderer.prompt(asked.messages)
    let plan = AnswerPlan(
      shape: .chat, options: asked.options, topLogProbabilities: asked.topLogProbabilities,
      prompts: [prompt])
    return try await AnswerWork(core: core, engine: engine, plan: plan, context: context).response()
  }

  private func complete(_ request: Request, _ context: PrismContext) async throws -> Response {
    let body = try await core.body(of: request)
    let asked = try CompletionRequest(body, models: core.table, limits: core.limits)
    let prompts = asked.prompts.map(core.model.renderer.plainPrompt)
    guard !prompts.contains(where: \.tokens.isEmpty) else {
      throw APIError.invalid("prompt", "The prompt is empty; this model needs at least one token.")
    }
    let plan = AnswerPlan(
      shape: .plain, options: asked.options, topLogProbabilities: asked.topLogProbabilities,
      prompts: prompts)
    return try await AnswerWork(core: core, engine: engine, plan: plan, context: context).response()
  }
}

/// What one request for answers comes down to.
struct AnswerPlan {
  let shape: AnswerShape
  let options: AnswerOptions
  let topLogProbabilities: Int?
  let prompts: [RenderedPrompt]

  /// One request to the engine for each answer, by prompt. Seeds count up.
  func requests(routing: ServingRouting, deadline: ContinuousClock.Instant) -> [[ServingRequest]] {
    prompts.map { prompt in
      (0..<options.choices).map { choice in
        var sampling = options.sampling
        sampling.seed &+= UInt64(choice)
        return ServingRequest(
          prompt: prompt, sampling: sampling, routing: routing,
          topLogProbabilities: topLogProbabilities ?? 0, deadline: deadline)
      }
    }
  }
}
