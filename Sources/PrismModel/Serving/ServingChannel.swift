import Synchronization

/// Carries one request's events from the engine's thread to its reader.
///
/// What the reader has not taken is one event of text, however long it waits.
package final class ServingChannel: Sendable {
  private struct State {
    var decision: ServingEvent?
    var text = ""
    var tokens: [ServingToken] = []
    var end: Result<ServingEnd, any Error>?
    /// Nobody reads any longer, or there is nothing more to read.
    var isCancelled = false
    var isOver = false
    var reader: CheckedContinuation<ServingEvent?, any Error>?

    /// The next event; `nil` when there is none yet.
    mutating func take() -> Result<ServingEvent?, any Error>? {
      if let event = decision {
        decision = nil
        return .success(event)
      }
      if !text.isEmpty || (end != nil && !tokens.isEmpty) {
        defer { (text, tokens) = ("", []) }
        return .success(.text(text, tokens: tokens))
      }
      guard let end else { return nil }
      isOver = true
      return end.map { .finished($0) }
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether nobody reads any longer.
  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  package func decide(route: Route, probability: Float?) {
    change { $0.decision = .decided(route: route, probability: probability) }
  }

  package func append(_ text: String, _ tokens: [ServingToken]) {
    change {
      $0.text += text
      $0.tokens += tokens
    }
  }

  /// The first end counts.
  package func finish(_ end: Result<ServingEnd, any Error>) {
    change { $0.end = $0.end ?? end }
  }

  /// The reader has gone.
  package func cancel() {
    let reader = state.withLock { state in
      state.isCancelled = true
      (state.text, state.tokens) = ("", [])
      return state.reader.take()
    }
    reader?.resume(throwing: CancellationError())
  }

  /// The next event; `nil` after the last one. One reader at a time. Throws `CancellationError` when
  /// the calling task is cancelled, which also ends the request.
  func next() async throws -> ServingEvent? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ready = state.withLock { state -> Result<ServingEvent?, any Error>? in
          if state.isOver || state.reader != nil { return .success(nil) }
          if state.isCancelled { return .failure(CancellationError()) }
          if let event = state.take() { return event }
          state.reader = continuation
          return nil
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      cancel()
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let ready = state.withLock {
      state -> (CheckedContinuation<ServingEvent?, any Error>, Result<ServingEvent?, any Error>)? in
      guard !state.isCancelled, !state.isOver else { return nil }
      body(&state)
      guard let reader = state.reader, let event = state.take() else { return nil }
      state.reader = nil
      return (reader, event)
    }
    if let (reader, event) = ready { reader.resume(with: event) }
  }
}
