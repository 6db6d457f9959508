import PrismTensor

/// The engine's step loop: rows join and leave the running batch between two forward passes.
///
/// Handed over to the engine's thread and touched by nobody else from then on, hence `@unchecked`.
package final class ServingLoop: @unchecked Sendable {
  let model: LanguageModel
  let bundles: [ServingBundle]
  let settings: ServingSettings
  let contextLimit: Int
  let pass: ForwardPass
  package let pool: KeyValuePool
  let blockLimit: Int
  var kept: KeptPrefixes
  var waiting = AdmissionQueue()
  var running: [ServingRow] = []
  package internal(set) var statistics = ServingStatistics()
  /// Ends that readers have yet to hear of.
  private var ends: [(channel: ServingChannel, end: Result<ServingEnd, any Error>)] = []
  private var secondsPerRequest = 1.0
  private var lastEnd = ContinuousClock.now

  package init(model: LanguageModel, bundles: [ServingBundle], settings: ServingSettings) throws {
    self.model = model
    self.bundles = bundles
    self.settings = settings
    pass = try ForwardPass(model: model.transformer, frozen: bundles.map(\.adapter))
    pool = KeyValuePool(model.configuration, precision: model.precision)
    blockLimit = try settings.blockCount(blockBytes: pool.blockBytes)
    contextLimit = min(
      model.configuration.contextLength, blockLimit * KeyValuePool.blockPositions)
    // Attention in fp32 sums in another order where a prefix ends within a unit.
    kept = KeptPrefixes(unit: model.precision == .bf16 ? 1 : PromptShares.unit)
    statistics.keyValueBlocksTotal = blockLimit
  }

  /// Works until the inbox says to end.
  func run(_ inbox: ServingInbox) {
    while case .go(let arrivals, let stop) = inbox.next(isIdle: isIdle) {
      receive(arrivals)
      let now = ContinuousClock.now
      if let stop, now >= stop { failAll(ServingError.stopping) }
      step(now: now) { inbox.report($0, secondsPerRequest: secondsPerRequest) }
    }
    inbox.end()
  }

  package var isIdle: Bool { running.isEmpty && waiting.rows.isEmpty }

  package func receive(_ tickets: [ServingTicket]) {
    for ticket in tickets { waiting.append(row(for: ticket)) }
  }

  /// Lets rows go and come, then runs one forward pass.
  ///
  /// - Parameter report: hears how things stand before any reader hears of its request's end.
  package func step(
    now: ContinuousClock.Instant, report: (ServingStatistics) -> Void = { _ in }
  ) {
    dropEnded(now)
    admit()
    do {
      let work = plan()
      try decideAhead(work.deciding)
      try read(work.reading)
    } catch {
      // Memory ran short within a pass: its caches are not whole, so its rows end; the next ones may fit.
      for row in running { fail(row, error) }
      running = []
    }
    pass.end()
    for row in running where row.sequence.finishReason != nil { finish(row) }
    running.removeAll { $0.sequence.finishReason != nil }
    makeRoom()
    count()
    report(statistics)
    for entry in ends { entry.channel.finish(entry.end) }
    ends = []
  }

  func failAll(_ error: any Error) {
    for row in running + waiting.rows { fail(row, error) }
    running = []
    waiting.remove { _ in true }
  }

  private func row(for ticket: ServingTicket) -> ServingRow {
    let request = ticket.request
    var policy = RoutePolicy.base
    var follows = true
    switch request.routing {
    case .base: break
    case .adapter: policy = .adapter
    case .gated(_, let enforce): (policy, follows) = (.auto, enforce)
    }
    let sequence = ActiveSequence(
      index: 0,
      request: GenerationRequest(
        prompt: request.prompt, sampling: request.sampling, policy: policy),
      cache: KeyValueCache(pool: pool), contextLength: contextLimit, tokenizer: model.tokenizer,
      gate: ticket.bundle.map { bundles[$0].gate }, adapter: ticket.bundle ?? 0,
      followsGate: follows,
      // In fp32 a token read with others is not, to the last bit, what it is by itself.
      draftLimit: model.precision == .bf16 ? settings.draftTokens : 0)
    return ServingRow(ticket, sequence: sequence)
  }

  private func dropEnded(_ now: ContinuousClock.Instant) {
    func drop(_ row: ServingRow) -> Bool {
      switch row.ending(at: now) {
      case nil: return false
      case .cancelled: statistics.cancelled += 1
      case .expired:
        statistics.expired += 1
        ends.append((row.ticket.channel, .failure(ServingError.deadlineExceeded)))
      }
      return true
    }
    running.removeAll(where: drop)
    waiting.remove(where: drop)
  }

  private func fail(_ row: ServingRow, _ error: any Error) {
    statistics.failed += 1
    ends.append((row.ticket.channel, .failure(error)))
  }

  private func finish(_ row: ServingRow) {
    let now = ContinuousClock.now
    statistics.finished += 1
    let seconds = (now - max(lastEnd, row.ticket.submitted)) / .seconds(1)
    secondsPerRequest += (seconds - secondsPerRequest) / 8
    lastEnd = now
    keepAnswer(of: row)
    ends.append((row.ticket.channel, .success(row.end(at: now))))
  }

  private func count() {
    statistics.queued = waiting.rows.count
    statistics.active = running.count
    statistics.keyValueBlocksUsed = pool.usedBlockCount
    statistics.keyValueBlocksKept = kept.blockCount
  }
}
