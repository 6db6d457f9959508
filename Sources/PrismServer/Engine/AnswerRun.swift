import PrismModel

/// The answers of one request, each a stream of the engine's, as one sequence of events.
///
/// Answers to one prompt have one decision: where a gate is asked, the first answer's, and the others
/// follow on its route. The engine then lets them go on from the prompt that the first has read.
final class AnswerRun: Sendable {
  /// What happened to one prompt or to one answer.
  enum Event: Sendable {
    case decided(prompt: Int, Decision)
    case text(answer: Int, String, tokens: [ServingToken])
    case finished(answer: Int, ServingEnd)
  }

  /// What the gate chose, with its probability, absent where it was not asked.
  struct Decision: Hashable, Sendable {
    let route: Route
    let probability: Float?
  }

  /// At most one event a token is held for a client that does not read.
  let events: AsyncThrowingStream<Event, any Error>
  let promptCount: Int
  /// Answers to all prompts; those to the first prompt come first.
  let answerCount: Int
  private let merging: Task<Void, Never>

  /// Submits all requests that need not wait for a decision or, when the engine refuses one, none.
  ///
  /// - Parameter prompts: requests for the answers to each prompt, as many for one as for another.
  /// - Throws: `ServingError`, `ModelError`.
  init(_ prompts: [[ServingRequest]], on engine: any ChatEngine) throws {
    let (events, continuation) = AsyncThrowingStream<Event, any Error>.makeStream()
    var first = 0
    let answers = try prompts.enumerated().map { prompt, requests in
      defer { first += requests.count }
      return try PromptAnswers(
        prompt: prompt, first: first, requests: requests, engine: engine, events: continuation)
    }
    (self.events, promptCount, answerCount) = (events, prompts.count, first)
    merging = Task {
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for entry in answers { group.addTask { try await entry.read() } }
          // The first failure is everybody's: the others are cancelled.
          for try await _ in group {}
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
  }

  /// Frees the places of all answers at once; the events then end early.
  func cancel() { merging.cancel() }

  /// Waits until every prompt's route is known. Also returns the other events that came before.
  ///
  /// Throws what the engine throws, and `CancellationError` when the run was cancelled.
  func decisions() async throws -> (decisions: [Decision], early: [Event]) {
    var found = [Decision?](repeating: nil, count: promptCount)
    var early: [Event] = []
    var missing = promptCount
    for try await event in events {
      if case .decided(let prompt, let decision) = event {
        found[prompt] = decision
        missing -= 1
      } else {
        early.append(event)
      }
      if missing == 0 { break }
    }
    guard missing == 0 else { throw CancellationError() }
    return (found.compactMap { $0 }, early)
  }

  /// Waits for the ends of all answers. Throws as `decisions` does.
  func finish(after early: [Event]) async throws -> [FinishedAnswer] {
    var texts = [String](repeating: "", count: answerCount)
    var tokens = [[ServingToken]](repeating: [], count: answerCount)
    var ends = [ServingEnd?](repeating: nil, count: answerCount)
    func take(_ event: Event) {
      switch event {
      case .decided: break
      case .text(let index, let text, let drawn):
        texts[index] += text
        tokens[index] += drawn
      case .finished(let index, let end): ends[index] = end
      }
    }
    early.forEach(take)
    for try await event in events { take(event) }
    let complete = ends.compactMap { $0 }
    guard complete.count == answerCount else { throw CancellationError() }
    return complete.enumerated().map { index, end in
      FinishedAnswer(text: texts[index], tokens: tokens[index], end: end)
    }
  }
}
