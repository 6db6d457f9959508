import PrismModel

/// Prints answers: one as it is written, many when they are done.
struct AnswerPrinter {
  let printer: Printer
  let json: Bool
  private let clock = ContinuousClock()

  init(printer: Printer, json: Bool) {
    self.printer = printer
    self.json = json
  }

  /// Answers one request, piece by piece, and returns the answer's text.
  ///
  /// Throws `Interrupted` after Ctrl-C and `OutputClosed` when nobody reads any more.
  ///
  /// - Parameter timesStart: whether to say how long after the process's start the first token came.
  @discardableResult
  func stream(
    _ request: GenerationRequest, from generator: Generator, timesStart: Bool = false
  ) throws -> String {
    let start = clock.now
    var failure: (any Error)?
    var firstToken: Double?
    let result: GenerationResult
    do {
      result = try generator.stream(request) { _, text in
        if timesStart, firstToken == nil { firstToken = ProcessAge.seconds }
        do { if !json { try printer.piece(text) } } catch { failure = error }
        return failure != nil || Interruption.isRequested ? .stop : .more
      }
    } catch is Interrupted {
      if let failure { throw failure }
      try printer.line()
      throw Interrupted()
    }
    let record = AnswerRecord(
      result, prompt: request.prompt, seconds: (clock.now - start) / .seconds(1),
      timeToFirstToken: firstToken)
    if json {
      try printer.json(record)
    } else {
      try printer.line()
      try printer.line(printer.style.dim(record.remark))
      if let firstToken {
        let text = "first token \(Quantity.decimal(firstToken, 2)) s after the start"
        try printer.note(Style(StandardStreams.error).dim(text))
      }
    }
    return result.text
  }

  /// Answers all requests in batches, then prints them in order.
  func printAll(
    _ requests: [GenerationRequest], of prompts: [String], from generator: Generator
  ) throws {
    let start = clock.now
    let progress = ProgressPrinter()
    defer { progress.finishLine() }
    let results = try generator.generate(requests) { done in
      progress.report(
        ProgressEvent(
          stage: "answers", done: done, total: requests.count, tokens: generator.processedTokenCount
        ))
    }
    progress.finishLine()
    let seconds = (clock.now - start) / .seconds(1)
    for (index, result) in results.enumerated() {
      let record = AnswerRecord(result, prompt: requests[index].prompt, seconds: seconds)
      if json {
        try printer.json(record)
      } else {
        try printer.line(printer.style.bold("> " + prompts[index]))
        try printer.line(record.text)
        try printer.line(printer.style.dim(record.remark))
        if index + 1 < results.count { try printer.line() }
      }
    }
  }
}
