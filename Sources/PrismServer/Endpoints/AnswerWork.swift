import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PrismModel
import PrismRouter

/// Answers one request for completions, at once or piece by piece.
struct AnswerWork: Sendable {
  let core: ServerCore
  let shape: AnswerShape
  let options: AnswerOptions
  let topLogProbabilities: Int?
  let record: RequestRecord
  private let engine: any ChatEngine
  private let context: PrismContext
  private let prompts: [RenderedPrompt]
  private let requests: [[ServingRequest]]
  private let blank: AnswerDocument

  init(core: ServerCore, engine: any ChatEngine, plan: AnswerPlan, context: PrismContext) {
    self.core = core
    self.engine = engine
    self.context = context
    (shape, options, prompts) = (plan.shape, plan.options, plan.prompts)
    topLogProbabilities = plan.topLogProbabilities
    record = context.record
    requests = plan.requests(
      routing: options.model.routing(core.settings.gateMode),
      deadline: ContinuousClock.now + core.settings.requestTime)
    blank = AnswerDocument(
      id: shape.idPrefix + context.id, object: shape.object(isStreamed: options.isStreamed),
      created: Int(Date().timeIntervalSince1970), model: options.model.id,
      systemFingerprint: "fp_" + core.model.fingerprint.prefix(12), choices: [])
  }

  /// Waits for the decision, which stands in the head, then answers. A client that leaves cancels.
  func response() async throws -> Response {
    note()
    if let longest = prompts.map(\.tokens.count).max(), longest > core.limits.maximumPromptTokens {
      throw APIError.promptTooLong(longest, limit: core.limits.maximumPromptTokens)
    }
    let watch = try await context.clientWatch()
    let run = try AnswerRun(requests, on: engine)
    watch?.onGone { run.cancel() }
    do {
      let (decisions, early) = try await run.decisions()
      let reports = decisions.map(report)
      record.update { $0.reports = reports }
      var response: Response
      if options.isStreamed {
        response = stream(run, early, reports, watch)
      } else {
        response = try await whole(run, early, reports)
        watch?.forget()
      }
      response.headers.addDecision(reports)
      return response
    } catch {
      run.cancel()
      watch?.forget()
      throw error
    }
  }

  private func note() {
    record.update {
      $0.model = options.model.id
      $0.user = options.user
      if core.settings.logsPrompts { $0.prompt = prompts.map(\.text).joined(separator: "\n") }
    }
  }

  private func report(_ decision: AnswerRun.Decision) -> PrismReport {
    PrismReport(
      decision, threshold: options.model.bundle?.threshold,
      mode: options.model.gateMode(core.settings.gateMode))
  }

  private func whole(
    _ run: AnswerRun, _ early: [AnswerRun.Event], _ reports: [PrismReport]
  ) async throws -> Response {
    let answers = try await run.finish(after: early)
    record.update { $0.ends = answers.map(\.end) }
    var document = blank
    document.choices = answers.enumerated().map { index, answer in
      var choice = shape.whole(index, answer, top: topLogProbabilities)
      if prompts.count > 1 { choice.prism = reports[index / options.choices] }
      return choice
    }
    document.usage = usage(answers.map(\.end))
    document.prism = reports.first
    return try .json(document)
  }

  func usage(_ ends: [ServingEnd]) -> TokenUsage {
    TokenUsage(ends, answersPerPrompt: options.choices)
  }

  private func stream(
    _ run: AnswerRun, _ early: [AnswerRun.Event], _ reports: [PrismReport], _ watch: ClientWatch?
  ) -> Response {
    let headers: HTTPFields = [
      .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
      // Tells nginx and its like to pass events on as they come.
      .accelBuffering: "no",
    ]
    let stream = AnswerStream(work: self, blank: blank, run: run, early: early, reports: reports)
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { [record] writer in
        // However the writing ends, nothing goes on for nobody.
        defer {
          run.cancel()
          watch?.forget()
        }
        do {
          try await stream.write(to: &writer)
        } catch {
          record.update { $0.failure = "client_gone" }
          throw error
        }
      })
  }
}
