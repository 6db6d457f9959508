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

  /// - Parameter onDraw: gets a part's place, the token drawn for it, which is not accepted yet, and
  ///   its V logits, valid until it returns. Parts come in order.
  func run(
    _ parts: [Part],
    onDraw: (Int, TokenSampler.Draw, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
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

  private func draw(
    _ parts: [Part],
    _ onDraw: (Int, TokenSampler.Draw, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let ready = parts.indices.filter {
      parts[$0].sequence.pending.isEmpty && parts[$0].sequence.fitsItsCache
    }
    let size = pass.model.configuration.vocabularySize
    // A batch of prompts can be longer than the logits' memory should be.
    for start in stride(from: 0, to: ready.count, by: 64) {
      let group = Array(ready[start..<min(start + 64, ready.count)])
      let logits = try pass.lastLogits(ofSegments: group)
      func row(_ place: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: logits + place * size, count: size)
      }
      // Each sequence draws from its own random stream, so the draws can run side by side; callers hear
      // of them in order.
      var draws = [TokenSampler.Draw](repeating: (0, 0), count: group.count)
      draws.withUnsafeMutableBufferPointer { draws in
        parallel(group.count) { draws[$0] = parts[group[$0]].sequence.draw(row($0)) }
      }
      for (place, index) in group.enumerated() { try onDraw(index, draws[place], row(place)) }
    }
  }
}
