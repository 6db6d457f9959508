import PrismTensor

/// One forward pass over the next tokens of many sequences. The gate decides on the way; sequences that
/// have been read to their end draw their next token.
struct SequenceStep {
  struct Part {
    let sequence: ActiveSequence
    /// How many of the sequence's pending tokens are read. A sequence whose gate is to choose is read
    /// to its end.
    let tokenCount: Int
  }

  let pass: ForwardPass

  /// Gets a part's place, a token drawn for it, which is not accepted yet, and its V logits, valid until it
  /// returns.
  typealias OnDraw = (Int, TokenSampler.Draw, UnsafeBufferPointer<Float>) throws -> Void

  /// - Parameter onDraw: called for parts in order; several times for one whose guesses were right, until
  ///   it is finished.
  func run(_ parts: [Part], onDraw: OnDraw) throws {
    pass.begin(parts.map { $0.sequence.segment(count: $0.tokenCount) })
    var next = 0
    for layer in Set(parts.compactMap(decidingLayer)).sorted() {
      try pass.run(layers: next..<layer + 1)
      next = layer + 1
      for (index, part) in parts.enumerated() where decidingLayer(part) == layer {
        part.sequence.decide(pass.lastHiddenState(ofSegment: index))
        // A sequence on a cache of other weights is read again; until then it stays what it was.
        if part.sequence.fitsItsCache { pass.setRoute(part.sequence.route, ofSegment: index) }
      }
    }
    try pass.run(layers: next..<pass.model.configuration.layerCount)
    pass.commit()
    for part in parts { part.sequence.advance(part.tokenCount) }
    try draw(parts, onDraw)
  }

  /// The layer after which a part's gate is asked: where its prompt ends in this pass.
  private func decidingLayer(_ part: Part) -> Int? {
    part.tokenCount == part.sequence.pending.count ? part.sequence.gate?.layer : nil
  }

  /// Rows of logits computed at once; a batch of prompts can be longer than their memory should be.
  private static let logitRows = 64

  private func draw(_ parts: [Part], _ onDraw: OnDraw) throws {
    let size = pass.model.configuration.vocabularySize
    var rest = parts.indices.filter {
      parts[$0].sequence.pending.isEmpty && parts[$0].sequence.fitsItsCache
    }[...]
    while !rest.isEmpty {
      // A token's row and its guesses' rows are the last of their segment.
      var rows: [Int] = []
      var group: [(part: Int, first: Int)] = []
      while let part = rest.first {
        let own = pass.lastRows(ofSegment: part, count: parts[part].sequence.drafted.count + 1)
        guard rows.isEmpty || rows.count + own.count <= Self.logitRows else { break }
        group.append((part, rows.count))
        rows += own
        rest.removeFirst()
      }
      let logits = try pass.logits(ofRows: rows)
      func row(_ index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: logits + index * size, count: size)
      }
      // Each sequence draws from its own random stream, so the draws can run side by side; callers hear
      // of them in order.
      var draws = [[TokenSampler.Draw]](repeating: [], count: group.count)
      draws.withUnsafeMutableBufferPointer { draws in
        parallel(group.count) { place in
          draws[place] = parts[group[place].part].sequence.draw { row(group[place].first + $0) }
        }
      }
      for (place, entry) in group.enumerated() {
        for (offset, draw) in draws[place].enumerated()
        where parts[entry.part].sequence.finishReason == nil {
          try onDraw(entry.part, draw, row(entry.first + offset))
        }
      }
    }
  }
}
