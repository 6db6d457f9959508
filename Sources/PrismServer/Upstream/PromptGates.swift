import Dispatch
import Foundation
package import PrismModel
package import PrismRouter
import PrismTensor
import Synchronization

/// Asks a gate on a thread of its own. Prompts that come while it reads are read together afterwards,
/// and no probability depends on what is read beside it.
package final class PromptGates: GateEngine {
  private let inbox: Inbox
  private let reader: Reading

  /// - Parameters:
  ///   - name: the one under which the bundle is served.
  ///   - queueLimit: prompts that may wait.
  package init(reader: PromptReader, gate: Gate, name: String, queueLimit: Int) {
    inbox = Inbox(queueLimit: queueLimit)
    self.reader = Reading(reader: reader, gate: gate, name: name)
    let threads = Threads.count
    let thread = Thread { [inbox, reading = self.reader] in
      // The team's size belongs to the thread that starts it.
      Threads.use(threads)
      while let jobs = inbox.next() { reading.answer(jobs, inbox) }
    }
    thread.name = "prism gate"
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { inbox.close() }

  package func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float {
    guard bundle == reader.name else {
      throw ServingError.unknownBundle(bundle, known: [reader.name])
    }
    try reader.configuration.check(prompt)
    return try await withCheckedThrowingContinuation { continuation in
      inbox.add(Job(prompt: prompt, continuation: continuation))
    }
  }

  package func statistics() -> ServingStatistics { inbox.statistics }

  package func stop(within time: Duration) async {
    inbox.refuse()
    let end = ContinuousClock.now + time
    while !inbox.isEmpty, ContinuousClock.now < end {
      // A cancelled wait only makes the next look come sooner.
      try? await Task.sleep(for: .milliseconds(5))
    }
    inbox.close()
  }
}

private struct Job: Sendable {
  let prompt: RenderedPrompt
  let continuation: CheckedContinuation<Float, any Error>
}

/// Prompts on their way to the thread.
private final class Inbox: Sendable {
  private struct State {
    var waiting: [Job] = []
    var active = 0
    var passes = 0
    var decided = 0
    var isRefusing = false
    var isClosed = false
  }

  /// Prompts read in one go, so that none waits long for the others' answers.
  private static let batch = 16

  private let queueLimit: Int
  private let state = Mutex(State())
  /// Rings for every arrival, and at the end.
  private let bell = DispatchSemaphore(value: 0)

  init(queueLimit: Int) { self.queueLimit = queueLimit }

  var isEmpty: Bool { state.withLock { $0.waiting.isEmpty && $0.active == 0 } }

  var statistics: ServingStatistics {
    state.withLock { state in
      var statistics = ServingStatistics()
      (statistics.queued, statistics.active) = (state.waiting.count, state.active)
      (statistics.steps, statistics.finished) = (state.passes, state.decided)
      return statistics
    }
  }

  func add(_ job: Job) {
    let refusal = state.withLock { state -> ServingError? in
      if state.isRefusing { return .stopping }
      guard state.waiting.count < queueLimit else { return .queueFull(retryAfterSeconds: 1) }
      state.waiting.append(job)
      return nil
    }
    if let refusal {
      job.continuation.resume(throwing: refusal)
    } else {
      bell.signal()
    }
  }

  /// Waits for prompts; nil at the end.
  func next() -> [Job]? {
    while true {
      let jobs = state.withLock { state -> [Job]? in
        if state.isClosed { return nil }
        let jobs = Array(state.waiting.prefix(Self.batch))
        state.waiting.removeFirst(jobs.count)
        state.active = jobs.count
        return jobs
      }
      guard let jobs else { return nil }
      if !jobs.isEmpty { return jobs }
      bell.wait()
    }
  }

  func finish() {
    state.withLock { state in
      state.passes += 1
      state.decided += state.active
      state.active = 0
    }
  }

  func refuse() { state.withLock { $0.isRefusing = true } }

  /// Ends the thread; whoever still waits is told.
  func close() {
    let left = state.withLock { state in
      (state.isRefusing, state.isClosed) = (true, true)
      defer { state.waiting = [] }
      return state.waiting
    }
    for job in left { job.continuation.resume(throwing: ServingError.stopping) }
    bell.signal()
  }
}

/// What the thread works with.
///
/// `@unchecked`: the reader is touched by that thread alone, all else is immutable.
private final class Reading: @unchecked Sendable {
  let name: String
  let configuration: ModelConfiguration
  private let reader: PromptReader
  private let gate: Gate

  init(reader: PromptReader, gate: Gate, name: String) {
    self.reader = reader
    self.gate = gate
    self.name = name
    configuration = reader.configuration
  }

  func answer(_ jobs: [Job], _ inbox: Inbox) {
    let result = Result { try reader.features(jobs.map(\.prompt)) }
    inbox.finish()
    for (index, job) in jobs.enumerated() {
      job.continuation.resume(with: result.map { gate.probability(of: $0[index]) })
    }
  }
}
