package import PrismModel

/// One answer token, and so one row of logits that predicts it.
package struct AnswerPlace {
  package let example: Int
  /// Index into the answer.
  package let position: Int
}

extension PackedReader {
  /// Rows of one pass, and so the memory it takes, while nothing else runs.
  package convenience init(pass: ForwardPass, pool: KeyValuePool) {
    self.init(pass: pass, pool: pool, maximumRows: 1024, cacheTokens: 8192)
  }

  var vocabularySize: Int { pass.model.configuration.vocabularySize }

  /// Reads prompt and answer of every example and calls `body` with the logits that predict its answer
  /// tokens, `[places, V]`. Each example's places come in order; examples come in any.
  ///
  /// - Parameter onFinish: gets the number of examples finished.
  func readAnswers(
    _ examples: [(prompt: RenderedPrompt, answer: [Int32])], route: Route,
    onFinish: (Int) throws -> Void = { _ in },
    body: ([AnswerPlace], UnsafePointer<Float>) throws -> Void
  ) throws {
    // The last answer token predicts nothing that is asked for.
    let sequences = examples.map { example in
      Sequence(
        tokens: example.prompt.tokens + example.answer.dropLast(), wanted: example.answer.count,
        route: route)
    }
    try read(sequences, layers: 0..<pass.model.configuration.layerCount, onFinish: onFinish) { rows in
      let places = rows.flatMap { part in
        part.range.indices.map { index in
          AnswerPlace(
            example: part.sequence, position: part.offset + index - part.range.lowerBound)
        }
      }
      try forEachLogits(of: rows.flatMap(\.range)) { part, logits in
        try body(Array(places[part]), logits)
      }
    }
  }
}
