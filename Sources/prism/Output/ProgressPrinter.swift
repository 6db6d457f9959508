import Foundation
import PrismModel

/// Shows progress on standard error: one rewritten line on a terminal, a plain line every few
/// seconds in a pipe. Answers `.stop` once Ctrl-C was pressed.
final class ProgressPrinter {
  private let unit: ProgressText.Unit
  private let isTerminal = Style(StandardStreams.error).isTerminal
  private let clock = ContinuousClock()
  private var stage: (name: String, start: ContinuousClock.Instant, first: ProgressEvent)?
  private var lastPrinted: ContinuousClock.Instant?
  private var lastEvent: (event: ProgressEvent, time: ContinuousClock.Instant)?

  init(unit: ProgressText.Unit = .items) {
    self.unit = unit
  }

  func report(_ event: ProgressEvent) -> Continuation {
    let now = clock.now
    if stage?.name != event.stage {
      finishLine()
      stage = (event.stage, now, event)
      lastPrinted = nil
    }
    lastEvent = (event, now)
    let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
    if lastPrinted.map({ now - $0 >= pause }) ?? isTerminal {
      show(event, at: now)
    } else if lastPrinted == nil {
      lastPrinted = now
    }
    return Interruption.isRequested ? .stop : .more
  }

  /// Shows the last state and ends the line; call it when the work is over, however it ended. The time is that
  /// of the state: the next stage may have worked for long before it tells of itself.
  func finishLine() {
    guard let (event, time) = lastEvent else { return }
    show(event, at: time)
    if isTerminal { write("\n") }
    lastEvent = nil
    stage = nil
  }

  private func show(_ event: ProgressEvent, at now: ContinuousClock.Instant) {
    guard let stage else { return }
    let elapsed = (now - stage.start) / .seconds(1)
    let text = ProgressText(
      event: event, unit: unit, elapsedSeconds: elapsed, doneBefore: stage.first.done,
      tokensBefore: stage.first.tokens)
    if isTerminal {
      write("\r\u{1B}[K" + text.line(columns: StandardStreams.columns(StandardStreams.error)))
    } else {
      write(text.line + "\n")
    }
    lastPrinted = now
  }

  /// Progress is worth nothing without a reader, so a closed standard error is no error.
  private func write(_ text: String) {
    try? StandardStreams.write(text, to: StandardStreams.error)
  }
}
