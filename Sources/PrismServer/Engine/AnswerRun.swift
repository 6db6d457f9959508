import PrismModel

/// The answers of one request, each a stream of the engine's, as one sequence of events.
final class AnswerRun: Sendable {
  struct Event: Sendable {
    let index: Int
    let event: ChatEvent
  }

  let events: AsyncThrowingStream<Event, any Error>
  let count: Int
  private let streams: [ChatStream]
  private let merging: Task<Void, Never>

  /// Submits all requests or, when the engine refuses one, none. Throws `ChatEngineError`.
  init(_ requests: [ChatRequest], on engine: any ChatEngine) throws {
    var streams: [ChatStream] = []
    do {
      for request in requests { streams.append(try engine.submit(request)) }
    } catch {
      for stream in streams { stream.cancel() }
      throw error
    }
    self.streams = streams
    count = streams.count
    let (events, continuation) = AsyncThrowingStream<Event, any Error>.makeStream()
    self.events = events
    merging = Task { [streams] in
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (index, stream) in streams.enumerated() {
            group.addTask {
              for try await event in stream.events {
                continuation.yield(Event(index: index, event: event))
              }
            }
          }
          try await group.waitForAll()
        }
        continuation.finish()
      } catch {
        for stream in streams { stream.cancel() }
        continuation.finish(throwing: error)
      }
    }
  }

  /// Frees the places of all answers at once; the events then end early.
  func cancel() {
    for stream in streams { stream.cancel() }
    merging.cancel()
  }

  /// Waits until every answer's route is known. Also returns the other events that came before.
  ///
  /// Throws what the engine throws, and `CancellationError` when the run was cancelled.
  func decisions() async throws -> (routes: [(Route, Float?)], early: [Event]) {
    var found = [(Route, Float?)?](repeating: nil, count: count)
    var early: [Event] = []
    var missing = count
    if missing > 0 {
      for try await event in events {
        if case .decided(let route, let probability) = event.event {
          found[event.index] = (route, probability)
          missing -= 1
        } else {
          early.append(event)
        }
        if missing == 0 { break }
      }
    }
    guard missing == 0 else { throw CancellationError() }
    return (found.compactMap { $0 }, early)
  }

  /// Waits for the ends of all answers. Throws as `decisions` does.
  func finish(after early: [Event]) async throws -> [FinishedAnswer] {
    var texts = [String](repeating: "", count: count)
    var tokens = [[ChatToken]](repeating: [], count: count)
    var ends = [ChatEnd?](repeating: nil, count: count)
    func take(_ event: Event) {
      switch event.event {
      case .decided: break
      case .text(let text, let drawn):
        texts[event.index] += text
        tokens[event.index] += drawn
      case .finished(let end): ends[event.index] = end
      }
    }
    early.forEach(take)
    for try await event in events { take(event) }
    let complete = ends.compactMap { $0 }
    guard complete.count == count else { throw CancellationError() }
    return complete.enumerated().map { index, end in
      FinishedAnswer(text: texts[index], tokens: tokens[index], end: end)
    }
  }
}
