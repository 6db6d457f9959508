/// Who may come in, and what is kept of those that go.
extension ServingLoop {
  /// Blocks that running rows may come to fill.
  private var reservedBlocks: Int { running.reduce(0) { $0 + $1.reservedBlocks } }

  func admit() {
    while running.count < settings.maximumBatch,
      let row = waiting.next(where: { reservedBlocks + $0.reservedBlocks <= blockLimit })
    {
      row.leader = leader(of: row)
      if row.leader == nil { begin(row) }
      running.append(row)
      makeRoom()
      if row.announce() { countAnswer(row) }
    }
  }

  /// Kept prefixes give way to running rows. One block stays free for the copy of a prefix's last one.
  func makeRoom() {
    let share = Int(Double(blockLimit) * settings.prefixCacheShare)
    kept.shrink(to: min(share, blockLimit - 1 - reservedBlocks))
  }

  /// Goes on from what is kept of the prompt's beginning. While the route is open that may come from any
  /// weights that leave the layers up to the gate's alone.
  func begin(_ row: ServingRow) {
    row.leader = nil
    let sequence = row.sequence
    let known = kept.fork(beginning: row.prompt, limit: row.prompt.count - 1) { weights in
      guard let gate = sequence.gate, sequence.isRouteOpen || row.ticket.isDecision else {
        return weights == sequence.weights
      }
      guard case .adapter(let place) = weights else { return true }
      return bundles[place].adapter.layers.lowerBound > gate.layer
    }
    guard let known else { return }
    row.prefixLength = known.count
    sequence.start(from: known)
  }

  /// Reads a prompt again because the gate chose other weights than those that made its prefix.
  func restart(_ row: ServingRow) {
    row.prefixLength = 0
    row.sequence.start(from: KeyValueCache(pool: pool))
    begin(row)
  }

  /// Keeps the whole blocks of a prompt that has just been read; they are shared, not copied.
  func keepPrompt(of row: ServingRow) {
    let unit = KeyValuePool.blockPositions
    keep(row.sequence.cache.fork(length: row.prompt.count / unit * unit), of: row)
  }

  /// Keeps prompt and answer for the conversation's next turn.
  func keepAnswer(of row: ServingRow) {
    // In fp32 a token read by itself is not, to the last bit, what it is within a prompt.
    guard kept.unit == 1, row.isWriting else { return }
    keep(row.sequence.cache, of: row)
  }

  private func keep(_ cache: KeyValueCache, of row: ServingRow) {
    guard settings.prefixCacheShare > 0 else { return }
    let tokens = row.prompt + row.sequence.tokenIDs
    kept.keep(cache, of: tokens.prefix(cache.count))
  }

  /// A running row that will soon have read a beginning worth waiting for: it has no more left to read
  /// than this one has by itself.
  private func leader(of row: ServingRow) -> ServingRow? {
    guard settings.prefixCacheShare > 0, !row.sequence.isRouteOpen, !row.ticket.isDecision else {
      return nil
    }
    return running.first { other in
      !other.isWriting && !other.sequence.isRouteOpen && !other.ticket.isDecision
        && other.sequence.weights == row.sequence.weights
        && other.sequence.pending.count <= row.prompt.count
        && KeptPrefixes.common(other.prompt, row.prompt, limit: row.prompt.count - 1)
          >= KeyValuePool.blockPositions
    }
  }
}
