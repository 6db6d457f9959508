/// How far the student is from what it should say at an answer's positions.
package protocol AnswerLoss: Sendable {
  /// Loss of one answer position in nats. `logits`: all of the position's, `[V]`.
  func value(
    of signal: TeacherSignal, position: Int, logits: UnsafeBufferPointer<Float>
  ) -> Double

  /// Sum of the loss over all answer positions of the batch; the pass's `hiddenGradient` becomes its
  /// gradient times `weight`.
  func total(
    of targets: [TrainingPass.Target], in pass: TrainingPass, weight: Float
  ) throws -> Double
}

extension DistillationLoss: AnswerLoss {
  package func value(
    of signal: TeacherSignal, position: Int, logits: UnsafeBufferPointer<Float>
  ) -> Double {
    let range = position * signal.width..<(position + 1) * signal.width
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: signal.width) { student in
      for (slot, id) in signal.ids[range].enumerated() { student[slot] = logits[Int(id)] }
      return signal.logProbabilities.withUnsafeBufferPointer { teacher in
        apply(teacher: UnsafeBufferPointer(rebasing: teacher[range]), student: student)
      }
    }
  }

  package func total(
    of targets: [TrainingPass.Target], in pass: TrainingPass, weight: Float
  ) throws -> Double {
    pass.distillationLoss(targets, loss: self, weight: weight)
  }
}
