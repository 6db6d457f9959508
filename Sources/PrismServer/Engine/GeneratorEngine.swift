import Dispatch
package import PrismModel
package import PrismRouter
import Synchronization

/// Answers one request after another on a queue of its own, with the generator that the other
/// commands use.
///
/// `@unchecked`: the generators are touched on `queue` only, all else is immutable or locked.
package final class GeneratorEngine: ChatEngine, @unchecked Sendable {
  private struct State {
    var queued = 0
    var active = 0
    var isStopping = false
    /// The grace of `stop` is over.
    var isAborting = false
    /// Of the latest answers, to say when a full queue may have room.
    var secondsPerRequest = 1.0
  }

  private final class Job: Sendable {
    let request: ChatRequest
    let isCancelled = Atomic(false)
    let start = ContinuousClock.now

    init(_ request: ChatRequest) { self.request = request }
  }

  private let queue = DispatchQueue(label: "prism.engine")
  private let state = Mutex(State())
  private let queueLimit: Int
  private let contextLength: Int
  private let base: Generator
  private let routed: [String: (generator: Generator, gate: Gate)]

  /// - Parameter bundles: by the names under which they are served.
  package init(
    model: LanguageModel, bundles: [(name: String, bundle: RouterBundle)], queueLimit: Int
  ) throws {
    self.queueLimit = queueLimit
    contextLength = model.configuration.contextLength
    base = try Generator(model: model)
    var routed: [String: (generator: Generator, gate: Gate)] = [:]
    for (name, bundle) in bundles {
      let generator = try Generator(model: model, adapter: bundle.adapter, gate: bundle.gate)
      routed[name] = (generator, bundle.gate)
    }
    self.routed = routed
  }

  package func submit(_ request: ChatRequest) throws -> ChatStream {
    try check(request)
    try state.withLock { state in
      guard !state.isStopping else { throw ChatEngineError.stopping }
      guard state.queued < queueLimit else {
        let seconds = Double(state.queued + state.active) * state.secondsPerRequest
        throw ChatEngineError.queueFull(retryAfterSeconds: Int(min(max(seconds, 1), 60)))
      }
      state.queued += 1
    }
    let job = Job(request)
    let (events, continuation) = AsyncThrowingStream<ChatEvent, any Error>.makeStream()
    let cancel: @Sendable () -> Void = { job.isCancelled.store(true, ordering: .relaxed) }
    continuation.onTermination = { _ in cancel() }
    queue.async { self.answer(job, continuation) }
    return ChatStream(events: events, cancel: cancel)
  }

  package func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(
          with: Result { try self.ask(self.entry(bundle), prompt) })
      }
    }
  }

  package func statistics() -> ChatStatistics {
    state.withLock { ChatStatistics(queued: $0.queued, active: $0.active) }
  }

  package func stop(within grace: Duration) async {
    state.withLock { $0.isStopping = true }
    let deadline = ContinuousClock.now + grace
    while state.withLock({ $0.queued + $0.active > 0 }) {
      if ContinuousClock.now >= deadline { state.withLock { $0.isAborting = true } }
      // A cancelled wait only makes the next look come sooner.
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  private func check(_ request: ChatRequest) throws {
    let tokens = request.prompt.tokens.count
    guard tokens < contextLength else {
      throw ChatEngineError.promptTooLong(tokens: tokens, limit: contextLength - 1)
    }
    switch request.routing {
    case .base: break
    case .adapter(let bundle), .gated(let bundle, _): _ = try entry(bundle)
    }
  }

  private typealias Entry = (generator: Generator, gate: Gate)

  private func entry(_ bundle: String) throws -> Entry {
    guard let entry = routed[bundle] else { throw ChatEngineError.unknownBundle(bundle) }
    return entry
  }

  private func ask(_ entry: Entry, _ prompt: RenderedPrompt) throws -> Float {
    entry.gate.probability(
      of: try entry.generator.features([prompt], afterLayer: entry.gate.layer)[0])
  }

  private func answer(
    _ job: Job, _ continuation: AsyncThrowingStream<ChatEvent, any Error>.Continuation
  ) {
    state.withLock {
      $0.queued -= 1
      $0.active += 1
    }
    do {
      try requireWanted(job)
      let (generator, route) = try decide(job.request, continuation)
      continuation.yield(.finished(try generate(job, generator, route, continuation)))
      continuation.finish()
    } catch {
      continuation.finish(throwing: error)
    }
    let seconds = (ContinuousClock.now - job.start) / .seconds(1)
    state.withLock {
      $0.active -= 1
      $0.secondsPerRequest = 0.8 * $0.secondsPerRequest + 0.2 * seconds
    }
  }

  private func decide(
    _ request: ChatRequest, _ continuation: AsyncThrowingStream<ChatEvent, any Error>.Continuation
  ) throws -> (Generator, Route) {
    let generator: Generator
    let route: Route
    var probability: Float?
    switch request.routing {
    case .base:
      (generator, route) = (base, .base)
    case .adapter(let bundle):
      (generator, route) = (routed[bundle]?.generator ?? base, .adapter)
    case .gated(let bundle, let enforce):
      let entry = try entry(bundle)
      let found = try ask(entry, request.prompt)
      probability = found
      generator = entry.generator
      route = enforce && found >= entry.gate.threshold ? .adapter : .base
    }
    continuation.yield(.decided(route: route, probability: probability))
    return (generator, route)
  }

  private func generate(
    _ job: Job, _ generator: Generator, _ route: Route,
    _ continuation: AsyncThrowingStream<ChatEvent, any Error>.Continuation
  ) throws -> ChatEnd {
    let request = job.request
    let wantsTokens = request.topLogProbabilities != nil
    var firstToken: Double?
    let result: GenerationResult
    do {
      result = try generator.stream(
        GenerationRequest(
          prompt: request.prompt, sampling: request.sampling,
          policy: route == .adapter ? .adapter : .base)
      ) { _, text in
        firstToken = firstToken ?? (ContinuousClock.now - job.start) / .seconds(1)
        if !wantsTokens, !text.isEmpty { continuation.yield(.text(text, tokens: [])) }
        return isWanted(job) ? .more : .stop
      }
    } catch is Interrupted {
      try requireWanted(job)
      throw CancellationError()
    }
    // This generator tells log-probabilities at the end only.
    if wantsTokens { continuation.yield(.text(result.text, tokens: tokens(of: result, generator))) }
    return ChatEnd(
      finishReason: result.finishReason, promptTokens: request.prompt.tokens.count,
      cachedPromptTokens: 0, generatedTokens: result.tokenIDs.count,
      secondsToFirstToken: firstToken)
  }

  private func tokens(of result: GenerationResult, _ generator: Generator) -> [ChatToken] {
    zip(result.tokenIDs, result.logProbabilities).map { id, logProbability in
      let drawn = ChatToken.Candidate(
        bytes: generator.model.tokenizer.bytes(of: id), logProbability: logProbability)
      return ChatToken(drawn: drawn, top: [drawn])
    }
  }

  private func isWanted(_ job: Job) -> Bool {
    !job.isCancelled.load(ordering: .relaxed) && !state.withLock { $0.isAborting }
      && !isLate(job)
  }

  private func isLate(_ job: Job) -> Bool {
    job.request.deadline.map { ContinuousClock.now >= $0 } ?? false
  }

  private func requireWanted(_ job: Job) throws {
    if job.isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    if state.withLock({ $0.isAborting }) { throw ChatEngineError.stopping }
    if isLate(job) { throw ChatEngineError.deadlineExceeded }
  }
}
