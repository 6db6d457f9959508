import Hummingbird
import Logging
import NIOCore
import PrismModel
import PrismRouter

/// Writes answers as server-sent events: `data: {...}`, a blank line, and `data: [DONE]` at the end.
struct AnswerStream: Sendable {
  let work: AnswerWork
  let blank: AnswerDocument
  let run: AnswerRun
  let early: [AnswerRun.Event]
  let reports: [PrismReport]

  /// Writes to the end. An answer that fails ends with an error event instead of `[DONE]`.
  ///
  /// Throws when the client does not take what is written, and `CancellationError` when it is gone.
  func write(to writer: inout any ResponseBodyWriter) async throws {
    var progress = Progress(answers: run.answerCount)
    for index in 0..<run.answerCount {
      if let choice = work.shape.opening(index) { try await send(choice, to: &writer) }
    }
    for event in early { try await send(event, &progress, to: &writer) }
    do {
      var iterator = run.events.makeAsyncIterator()
      while let event = try await next(&iterator) {
        try await send(event, &progress, to: &writer)
      }
    } catch let failure as EngineFailure {
      let error = APIError(failure.cause)
      work.record.update { $0.failure = error.code }
      if error.status == .internalServerError {
        work.core.logger.error("failure", metadata: ["reason": "\(failure.cause)"])
      }
      try await send(ErrorBody(error), to: &writer)
      return try await writer.finish(nil)
    }
    let complete = progress.ends.compactMap { $0 }
    work.record.update { $0.ends = complete }
    guard complete.count == run.answerCount else { throw CancellationError() }
    if work.options.includesUsage {
      var document = blank
      document.usage = work.usage(complete)
      document.prism = reports.first
      try await send(document, to: &writer)
    }
    try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
    try await writer.finish(nil)
  }

  /// What is kept of each answer.
  private struct Progress {
    var ends: [ServingEnd?]
    /// Characters sent.
    var offsets: [Int]
    var templates: [PieceTemplate?]

    init(answers: Int) {
      ends = .init(repeating: nil, count: answers)
      offsets = .init(repeating: 0, count: answers)
      templates = .init(repeating: nil, count: answers)
    }
  }

  /// What the engine threw, apart from what writing throws.
  private struct EngineFailure: Error {
    let cause: any Error
  }

  private func next(
    _ iterator: inout AsyncThrowingStream<AnswerRun.Event, any Error>.Iterator
  ) async throws -> AnswerRun.Event? {
    do { return try await iterator.next() } catch { throw EngineFailure(cause: error) }
  }

  private func send(
    _ event: AnswerRun.Event, _ progress: inout Progress, to writer: inout any ResponseBodyWriter
  ) async throws {
    switch event {
    case .decided: break
    case .text(let index, let text, _) where work.topLogProbabilities == nil:
      // Tokens may come without text, which is of interest only to those who asked for tokens.
      guard !text.isEmpty else { break }
      let template = try progress.templates[index] ?? PieceTemplate { piece(index, $0) }
      progress.templates[index] = template
      try await writer.write(template.event(text))
    case .text(let index, let text, let tokens):
      let logProbabilities = work.shape.logProbabilities(
        tokens, top: work.topLogProbabilities, offset: progress.offsets[index])
      progress.offsets[index] += text.unicodeScalars.count
      try await send(work.shape.piece(index, text, logProbabilities), to: &writer)
    case .finished(let index, let end):
      progress.ends[index] = end
      let choice = work.shape.closing(index, end.reason)
      try await send(choice, prism: reports[index / work.options.choices], to: &writer)
    }
  }

  private func piece(_ index: Int, _ text: String) -> AnswerDocument {
    var document = blank
    document.choices = [work.shape.piece(index, text, nil)]
    return document
  }

  private func send(
    _ choice: AnswerChoice, prism: PrismReport? = nil, to writer: inout any ResponseBodyWriter
  ) async throws {
    var document = blank
    document.choices = [choice]
    document.prism = prism
    try await send(document, to: &writer)
  }

  private func send(_ value: some Encodable, to writer: inout any ResponseBodyWriter) async throws {
    try await writer.write(JSONText.event(value))
  }
}
