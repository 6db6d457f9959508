/// A request inside the loop.
final class ServingRow {
  let ticket: ServingTicket
  let sequence: ActiveSequence
  /// Blocks of key-value memory it may come to fill.
  let reservedBlocks: Int
  /// Prompt tokens that came from a kept prefix.
  var prefixLength = 0
  /// Whether the prompt goes through the layers up to the gate's first, because it is read in pieces and
  /// the layers above depend on the route for all of them.
  var isDecidingAhead: Bool
  /// Another row that is about to read what this one begins with.
  var leader: ServingRow?
  var firstToken: ContinuousClock.Instant?
  /// Drawn in this step, and not told yet.
  var news: (text: String, tokens: [ServingToken]) = ("", [])
  private var isAnnounced = false

  init(_ ticket: ServingTicket, sequence: ActiveSequence) {
    self.ticket = ticket
    self.sequence = sequence
    reservedBlocks = sequence.reservedBlocks
    isDecidingAhead = ticket.isDecision
  }

  var prompt: ArraySlice<Int32> { sequence.request.prompt.tokens[...] }

  /// Whether the prompt has been read and the answer has begun.
  var isWriting: Bool { firstToken != nil }

  /// Why it will not be answered: its reader has gone, or its time has run out.
  enum Ending {
    case cancelled
    case expired
  }

  func ending(at now: ContinuousClock.Instant) -> Ending? {
    if ticket.channel.isCancelled { return .cancelled }
    return ticket.request.deadline.map { now >= $0 } == true ? .expired : nil
  }

  /// Tells the reader who decided what, once that is known. Returns whether it was told now.
  func announce() -> Bool {
    guard !isAnnounced, !sequence.needsGate else { return false }
    isAnnounced = true
    ticket.channel.decide(
      route: sequence.decision?.route ?? sequence.route,
      probability: sequence.decision?.probability)
    return true
  }

  func end(at now: ContinuousClock.Instant) -> ServingEnd {
    let result = sequence.result
    func seconds(to time: ContinuousClock.Instant) -> Double {
      (time - ticket.submitted) / .seconds(1)
    }
    return ServingEnd(
      reason: result.finishReason, route: result.route, promptTokens: prompt.count,
      cachedPromptTokens: prefixLength, generatedTokens: result.tokenIDs.count,
      secondsToFirstToken: seconds(to: firstToken ?? now), seconds: seconds(to: now))
  }
}
