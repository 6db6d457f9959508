import CKernels

/// One step: what is read in it, and what comes of it.
extension ServingLoop {
  typealias Piece = (row: ServingRow, count: Int)

  /// Rows of one pass through the layers up to a gate's; these passes need no more memory than others.
  private static let decidingRows = 1024

  /// Divides the step: a row for each answer and for each guess about it, the share of the prompts, and
  /// prompts of which only the gate's decision is wanted first.
  func plan() -> (deciding: [Piece], reading: [Piece]) {
    // Those of one route next to each other, so that routed rows touch.
    var reading: [Piece] = running.filter(\.isWriting).map { ($0, $0.sequence.pending.count) }
    reading.sort { place($0.row) < place($1.row) }
    var deciding: [Piece] = []
    let prompts = running.filter { !$0.isWriting && mayRead($0) }
    let counts = PromptShares.counts(
      prompts.map { ($0.prompt.count - $0.sequence.pending.count, cost(of: $0)) },
      budget: settings.promptTokensPerStep)
    for (row, count) in zip(prompts, counts) where count > 0 {
      let isWhole = count == row.sequence.pending.count
      if row.sequence.isRouteOpen && !isWhole { row.isDecidingAhead = true }
      if row.isDecidingAhead {
        deciding.append((row, decidingCount(row, share: count)))
      } else {
        reading.append((row, count))
      }
    }
    return (deciding, reading)
  }

  /// Whether there is nobody left to wait for.
  private func mayRead(_ row: ServingRow) -> Bool {
    guard let leader = row.leader else { return true }
    if !leader.isWriting, running.contains(where: { $0 === leader }) { return false }
    begin(row)
    return true
  }

  private func place(_ row: ServingRow) -> Int {
    if case .adapter(let place) = row.sequence.weights { place + 1 } else { 0 }
  }

  /// What a prompt takes of a step: its tokens, or for the decision alone the part of the layers that
  /// these pass.
  private func cost(of row: ServingRow) -> Int {
    let tokens = row.sequence.pending.count
    guard row.isDecidingAhead, let gate = row.sequence.gate else { return tokens }
    return max(1, tokens * (gate.layer + 1) / model.configuration.layerCount)
  }

  private func decidingCount(_ row: ServingRow, share: Int) -> Int {
    guard let gate = row.sequence.gate else { return 0 }
    let left = row.sequence.pending.count
    let count = max(1, share * model.configuration.layerCount / (gate.layer + 1))
    return PromptShares.cut(
      min(count, Self.decidingRows - KeyValuePool.blockPositions), read: row.prompt.count - left,
      left: left)
  }

  /// Reads prompts through the layers up to their gates', and asks the gates of those that end.
  func decideAhead(_ pieces: [Piece]) throws {
    var rest = pieces.sorted { gateLayer($0.row) < gateLayer($1.row) }[...]
    while let first = rest.first {
      var rows = 0
      let together = rest.prefix { piece in
        rows += piece.count
        return gateLayer(piece.row) == gateLayer(first.row)
          && (rows <= Self.decidingRows || rows == piece.count)
      }
      rest = rest.dropFirst(together.count)
      pass.begin(together.map { $0.row.sequence.segment(count: $0.count) })
      try pass.run(layers: 0..<gateLayer(first.row) + 1)
      pass.commit()
      var decided: [ServingRow] = []
      for (index, piece) in together.enumerated() {
        let sequence = piece.row.sequence
        sequence.advance(piece.count)
        guard sequence.pending.isEmpty else { continue }
        sequence.decide(pass.lastHiddenState(ofSegment: index))
        decided.append(piece.row)
      }
      pass.end()
      for row in decided { goOn(row) }
    }
  }

  private func gateLayer(_ row: ServingRow) -> Int { row.sequence.gate?.layer ?? 0 }

  /// The gate has decided before the layers above it have seen anything.
  private func goOn(_ row: ServingRow) {
    row.isDecidingAhead = false
    countDecision(row)
    if row.ticket.isDecision {
      _ = row.announce()
      row.sequence.end()
      return
    }
    if row.announce() { countAnswer(row) }
    if row.prefixLength > 0 && !row.sequence.fitsItsCache {
      restart(row)
    } else {
      row.sequence.readAgain(from: row.prefixLength)
    }
  }

  /// The forward pass: answers' rows and pieces of prompts.
  func read(_ pieces: [Piece]) throws {
    guard !pieces.isEmpty else { return }
    let undecided = pieces.filter { $0.row.sequence.needsGate }
    statistics.steps += 1
    statistics.promptTokens += pieces.reduce(0) { $0 + ($1.row.isWriting ? 0 : $1.count) }
    let parts = pieces.map {
      SequenceStep.Part(sequence: $0.row.sequence, tokenCount: $0.count)
    }
    try SequenceStep(pass: pass).run(parts) { index, draw, logits in
      accept(draw, logits, for: pieces[index].row)
    }
    // Its caches must not outlive a restart.
    pass.end()
    for piece in pieces where piece.row.isWriting { tell(piece.row) }
    for piece in undecided where !piece.row.sequence.needsGate {
      countDecision(piece.row)
      if piece.row.announce() { countAnswer(piece.row) }
      if !piece.row.sequence.fitsItsCache { restart(piece.row) }
    }
    for piece in pieces where piece.row.sequence.tokenIDs.count == 1 {
      statistics.cachedPromptTokens += piece.row.prefixLength
      keepPrompt(of: piece.row)
    }
  }

  private func accept(
    _ draw: TokenSampler.Draw, _ logits: UnsafeBufferPointer<Float>, for row: ServingRow
  ) {
    if row.announce() { countAnswer(row) }
    if row.firstToken == nil { row.firstToken = .now }
    statistics.generatedTokens += 1
    let text = row.sequence.accept(draw)
    let token = ServingToken(
      id: draw.token, bytes: model.tokenizer.bytes(of: draw.token),
      logProbability: draw.logProbability,
      top: likeliest(row.ticket.request.topLogProbabilities, of: logits))
    row.news.text += text
    row.news.tokens.append(token)
  }

  /// What the step drew for a row, at once, and what comes next.
  private func tell(_ row: ServingRow) {
    row.ticket.channel.append(row.news.text, row.news.tokens)
    row.news = ("", [])
    let (guessed, right) = row.sequence.draft()
    statistics.draftedTokens += guessed
    statistics.acceptedDraftTokens += right
  }

  private func likeliest(
    _ count: Int, of logits: UnsafeBufferPointer<Float>
  ) -> [ServingToken.Alternative] {
    let count = min(count, logits.count)
    guard count > 0 else { return [] }
    let normalizer = prism_log_sum_exp(logits.baseAddress, logits.count, nil)
    var ids = [Int32](repeating: 0, count: count)
    prism_top_k(logits.baseAddress, logits.count, count, &ids)
    return ids.map {
      ServingToken.Alternative(
        id: $0, bytes: model.tokenizer.bytes(of: $0), logProbability: logits[Int($0)] - normalizer)
    }
  }

  func countAnswer(_ row: ServingRow) {
    switch row.sequence.weights {
    case .base: statistics.baseAnswers += 1
    case .adapter(let place): statistics.adapterAnswers[bundles[place].name, default: 0] += 1
    }
  }

  private func countDecision(_ row: ServingRow) {
    guard let place = row.ticket.bundle else { return }
    statistics.decisions[bundles[place].name, default: 0] += 1
  }
}
