import PrismModel
import PrismServer
import Synchronization

/// An engine whose every answer a test has written: `words` one after the other, `pause` between them.
final class ScriptedChatEngine: ChatEngine {
  struct Script: Sendable {
    var words = ["Hello", " wor", "ld", "!"]
    var pause = Duration.zero
    var probability: Float = 0.75
    /// Thrown instead of taking a request.
    var refusal: ChatEngineError?
    /// Thrown behind the second word.
    var failure: ChatEngineError?
    /// Waits before the decision.
    var thought = Duration.zero
  }

  private struct State {
    var script: Script
    var requests: [ChatRequest] = []
    var active = 0
    var cancelled = 0
    var isStopping = false
    var tasks: [Task<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ script: Script = Script()) { state = Mutex(State(script: script)) }

  var requests: [ChatRequest] { state.withLock { $0.requests } }
  var cancelled: Int { state.withLock { $0.cancelled } }
  func set(_ body: (inout Script) -> Void) { state.withLock { body(&$0.script) } }

  func submit(_ request: ChatRequest) throws -> ChatStream {
    let script = try state.withLock { state in
      if let refusal = state.script.refusal { throw refusal }
      state.requests.append(request)
      state.active += 1
      return state.script
    }
    let (events, continuation) = AsyncThrowingStream<ChatEvent, any Error>.makeStream()
    let task = Task {
      do {
        try await self.answer(request, script, continuation)
        continuation.finish()
      } catch is CancellationError {
        let isStopping = self.state.withLock { state in
          state.cancelled += 1
          return state.isStopping
        }
        continuation.finish(throwing: isStopping ? ChatEngineError.stopping : nil)
      } catch {
        continuation.finish(throwing: error)
      }
      self.state.withLock { $0.active -= 1 }
    }
    state.withLock { $0.tasks.append(task) }
    return ChatStream(events: events) { task.cancel() }
  }

  private func answer(
    _ request: ChatRequest, _ script: Script,
    _ continuation: AsyncThrowingStream<ChatEvent, any Error>.Continuation
  ) async throws {
    try await Task.sleep(for: script.thought)
    switch request.routing {
    case .base: continuation.yield(.decided(route: .base, probability: nil))
    case .adapter: continuation.yield(.decided(route: .adapter, probability: nil))
    case .gated(_, let enforce):
      let helps = script.probability >= 0.5
      continuation.yield(
        .decided(route: enforce && helps ? .adapter : .base, probability: script.probability))
    }
    for (index, word) in script.words.enumerated() {
      if index == 2, let failure = script.failure { throw failure }
      try await Task.sleep(for: script.pause)
      if let deadline = request.deadline, ContinuousClock.now > deadline {
        throw ChatEngineError.deadlineExceeded
      }
      let drawn = ChatToken.Candidate(bytes: Array(word.utf8), logProbability: -0.5)
      let other = ChatToken.Candidate(bytes: Array("fooBar".utf8), logProbability: -.infinity)
      let tokens = request.topLogProbabilities.map { _ in
        [ChatToken(drawn: drawn, top: [drawn, other])]
      }
      continuation.yield(.text(word, tokens: tokens ?? []))
    }
    continuation.yield(
      .finished(
        ChatEnd(
          finishReason: .stop, promptTokens: request.prompt.tokens.count, cachedPromptTokens: 2,
          generatedTokens: script.words.count, secondsToFirstToken: 0.02)))
  }

  func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float {
    state.withLock { $0.script.probability }
  }

  func statistics() -> ChatStatistics {
    state.withLock { ChatStatistics(queued: 0, active: $0.active) }
  }

  func stop(within grace: Duration) async {
    state.withLock { $0.isStopping = true }
    let end = ContinuousClock.now + grace
    while state.withLock({ $0.active > 0 }) {
      if ContinuousClock.now > end { state.withLock { $0.tasks.forEach { $0.cancel() } } }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
