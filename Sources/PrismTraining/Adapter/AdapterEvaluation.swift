import CKernels
package import PrismModel
import PrismTensor

/// How far the student is from the teacher on examples it does not learn from.
package struct AdapterEvaluation: Hashable, Sendable {
  /// Mean loss per answer token; see `DistillationLoss` and `TokenLoss`.
  package var divergence: Double
  /// Share of answer positions with the same likeliest token.
  package var topAgreement: Double
  package var tokenCount: Int

  /// Runs the student through the inference path, so that what is measured is what will be served.
  /// `nil` without examples.
  package static func measure(
    _ examples: [(example: DistillExample, signal: TeacherSignal)], pass: ForwardPass,
    pool: KeyValuePool, route: Route, loss: any AnswerLoss
  ) throws -> AdapterEvaluation? {
    let reader = PackedReader(pass: pass, pool: pool)
    let size = reader.vocabularySize
    // One slot a position, summed in the examples' order: packing does not change the sum.
    var losses = examples.map { [Double](repeating: 0, count: $0.signal.count) }
    var agreements = 0
    let answers = examples.map { ($0.example.studentPrompt, Array($0.example.answer.prefix($0.signal.count))) }
    try reader.readAnswers(answers.map { (prompt: $0, answer: $1) }, route: route) { places, logits in
      let rows = places.map { examples[$0.example].signal }
      var measured = [(loss: Double, agrees: Bool)](repeating: (0, false), count: places.count)
      measured.withUnsafeMutableBufferPointer { measured in
        parallel(places.count) { row in
          measured[row] = compare(
            rows[row], position: places[row].position, with: logits + row * size, size: size, loss)
        }
      }
      for (place, row) in zip(places, measured) {
        losses[place.example][place.position] = row.loss
        if row.agrees { agreements += 1 }
      }
    }
    let count = losses.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    return AdapterEvaluation(
      divergence: losses.reduce(0) { $1.reduce($0, +) } / Double(count),
      topAgreement: Double(agreements) / Double(count), tokenCount: count)
  }

  private static func compare(
    _ signal: TeacherSignal, position: Int, with logits: UnsafePointer<Float>, size: Int,
    _ loss: any AnswerLoss
  ) -> (loss: Double, agrees: Bool) {
    var best: Int32 = 0
    prism_top_k(logits, size, 1, &best)
    let value = loss.value(
      of: signal, position: position, logits: UnsafeBufferPointer(start: logits, count: size))
    return (value, best == signal.ids[position * signal.width])
  }
}
