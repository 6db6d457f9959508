import PrismModel

/// Reads the answers to one prompt.
struct PromptAnswers: Sendable {
  private let prompt: Int
  /// Place of its first answer among those of the request.
  private let first: Int
  private let engine: any ChatEngine
  private let events: AsyncThrowingStream<AnswerRun.Event, any Error>.Continuation
  private let streams: [ServingStream]
  /// Those that wait for the first answer's decision.
  private let waiting: [ServingRequest]

  /// Submits the first request, and the others too where no gate is asked.
  ///
  /// - Parameter requests: of the same prompt and routing.
  /// - Throws: `ServingError`, `ModelError`.
  init(
    prompt: Int, first: Int, requests: [ServingRequest], engine: any ChatEngine,
    events: AsyncThrowingStream<AnswerRun.Event, any Error>.Continuation
  ) throws {
    (self.prompt, self.first, self.engine, self.events) = (prompt, first, engine, events)
    let begun = requests.first?.isGated == true ? requests.prefix(1) : requests[...]
    streams = try begun.map { try engine.submit($0) }
    waiting = Array(requests.dropFirst(begun.count))
  }

  /// Reads all of them to their ends. Throws what the engine throws.
  func read() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (decisions, decided) = AsyncStream<Route>.makeStream()
      for (offset, stream) in streams.enumerated() {
        group.addTask {
          defer { decided.finish() }
          try await read(stream, answer: first + offset) { decided.yield($0) }
        }
      }
      group.addTask { try await follow(decisions) }
      for try await _ in group {}
    }
  }

  /// Once the route is known, submits and reads the answers that wait for it.
  private func follow(_ decisions: AsyncStream<Route>) async throws {
    guard !waiting.isEmpty, let route = await decisions.first(where: { _ in true }) else { return }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (offset, request) in waiting.enumerated() {
        let stream = try engine.submit(request.following(route))
        let answer = first + streams.count + offset
        group.addTask { try await read(stream, answer: answer) { _ in } }
      }
      for try await _ in group {}
    }
  }

  private func read(
    _ stream: ServingStream, answer: Int, onDecision: (Route) -> Void
  ) async throws {
    for try await event in stream {
      switch event {
      case .decided(let route, let probability):
        onDecision(route)
        guard answer == first else { continue }
        events.yield(.decided(prompt: prompt, .init(route: route, probability: probability)))
      case .text(let text, let tokens):
        events.yield(.text(answer: answer, text, tokens: tokens))
      case .finished(let end): events.yield(.finished(answer: answer, end))
      }
    }
  }
}

extension ServingRequest {
  fileprivate var isGated: Bool { if case .gated = routing { true } else { false } }

  /// The same request, answered as the gate's choice says: in shadow mode by the base model.
  fileprivate func following(_ route: Route) -> ServingRequest {
    var request = self
    if case .gated(let bundle, let enforce) = routing {
      request.routing = enforce && route == .adapter ? .adapter(bundle) : .base
    }
    return request
  }
}
