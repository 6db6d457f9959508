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
    var refusal: ServingError?
    /// Ends an answer behind its second word.
    var failure: ServingError?
  }

  private struct State {
    var script: Script
    var requests: [ServingRequest] = []
    var active = 0
    var cancelled = 0
    var isStopping = false
    /// The grace of `stop` is over.
    var isOver = false
  }

  private let state: Mutex<State>

  init(_ script: Script = Script()) { state = Mutex(State(script: script)) }

  var requests: [ServingRequest] { state.withLock { $0.requests } }
  var cancelled: Int { state.withLock { $0.cancelled } }
  func set(_ body: (inout Script) -> Void) { state.withLock { body(&$0.script) } }

  func submit(_ request: ServingRequest) throws -> ServingStream {
    let script = try state.withLock { state in
      if state.isStopping { throw ServingError.stopping }
      if let refusal = state.script.refusal { throw refusal }
      state.requests.append(request)
      state.active += 1
      return state.script
    }
    let channel = ServingChannel()
    Task {
      let end = await self.answer(request, script, channel)
      self.state.withLock { state in
        state.active -= 1
        state.cancelled += channel.isCancelled ? 1 : 0
      }
      channel.finish(end)
    }
    return ServingStream(channel)
  }

  private func answer(
    _ request: ServingRequest, _ script: Script, _ channel: ServingChannel
  ) async -> Result<ServingEnd, any Error> {
    let helps = script.probability >= 0.5
    let route: Route =
      switch request.routing {
      case .base: .base
      case .adapter: .adapter
      case .gated: helps ? .adapter : .base
      }
    if case .gated = request.routing {
      channel.decide(route: route, probability: script.probability)
    } else {
      channel.decide(route: route, probability: nil)
    }
    for (index, word) in script.words.enumerated() {
      if index == 2, let failure = script.failure { return .failure(failure) }
      // Nothing cancels this task.
      try? await Task.sleep(for: script.pause)
      if channel.isCancelled { return .failure(CancellationError()) }
      if state.withLock({ $0.isOver }) { return .failure(ServingError.stopping) }
      if let deadline = request.deadline, ContinuousClock.now > deadline {
        return .failure(ServingError.deadlineExceeded)
      }
      channel.append(word, [token(word, index, request)])
    }
    channel.append("", [ServingToken(id: 0, bytes: [], logProbability: -0.1)])
    return .success(
      ServingEnd(
        reason: .stop, route: route, promptTokens: request.prompt.tokens.count,
        cachedPromptTokens: 2, generatedTokens: script.words.count, secondsToFirstToken: 0.02,
        seconds: 0.1))
  }

  private func token(_ word: String, _ index: Int, _ request: ServingRequest) -> ServingToken {
    let bytes = Array(word.utf8)
    let id = Int32(index + 1)
    let top = [
      ServingToken.Alternative(id: id, bytes: bytes, logProbability: -0.5),
      ServingToken.Alternative(
        id: 99, bytes: Array("fooBar".utf8), logProbability: -.infinity),
    ]
    return ServingToken(
      id: id, bytes: bytes, logProbability: -0.5,
      top: Array(top.prefix(request.topLogProbabilities)))
  }

  func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float {
    state.withLock { $0.script.probability }
  }

  func statistics() -> ServingStatistics {
    state.withLock {
      var statistics = ServingStatistics()
      statistics.active = $0.active
      statistics.cancelled = $0.cancelled
      return statistics
    }
  }

  func stop(within time: Duration) async {
    state.withLock { $0.isStopping = true }
    let end = ContinuousClock.now + time
    while state.withLock({ $0.active > 0 }) {
      if ContinuousClock.now > end { state.withLock { $0.isOver = true } }
      // A cancelled wait only makes the next look come sooner.
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
