import CKernels
package import PrismModel
import PrismTensor

/// How far the student is from the teacher on examples it does not learn from.
package struct AdapterEvaluation: Hashable, Sendable {
  /// Mean loss per answer token; see `DistillationLoss`.
  package var divergence: Double
  /// Share of answer positions with the same likeliest token.
  package var topAgreement: Double
  package var tokenCount: Int

  /// Runs the student through the inference path, so that what is measured is what will be served.
  /// `nil` without examples.
  package static func measure(
    _ examples: [(example: DistillExample, signal: TeacherSignal)], pass: ForwardPass,
    pool: KeyValuePool, route: Route, loss: DistillationLoss
  ) throws -> AdapterEvaluation? {
    var total = 0.0
    var agreements = 0
    var count = 0
    for (example, signal) in examples {
      var position = 0
      try pass.forEachAnswerLogits(
        prompt: example.studentPrompt, answer: Array(example.answer.prefix(signal.count)),
        route: route, pool: pool
      ) { logits in
        let start = position * signal.width
        var student = (0..<signal.width).map { logits[Int(signal.ids[start + $0])] }
        total += student.withUnsafeMutableBufferPointer { student in
          signal.logProbabilities.withUnsafeBufferPointer { teacher in
            loss.apply(
              teacher: UnsafeBufferPointer(rebasing: teacher[start..<start + signal.width]),
              student: student)
          }
        }
        var best: Int32 = 0
        _ = prism_log_sum_exp(logits.baseAddress, logits.count, &best)
        if best == signal.ids[start] { agreements += 1 }
        position += 1
      }
      count += position
    }
    guard count > 0 else { return nil }
    return AdapterEvaluation(
      divergence: total / Double(count), topAgreement: Double(agreements) / Double(count),
      tokenCount: count)
  }
}
