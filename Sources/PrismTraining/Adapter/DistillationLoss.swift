import CKernels
import Foundation
import PrismModel
import PrismTensor

/// KL(teacher || student) at temperature T, times T², over the teacher's kept tokens, both sides
/// renormalised over those tokens (paper, section 4; Hinton et al., arXiv 1503.02531).
package struct DistillationLoss: Hashable, Sendable {
  package let temperature: Float

  package init(temperature: Float) { self.temperature = temperature }

  /// Loss of one position in nats, and its gradient with respect to the student's logits, which it
  /// writes over them. Both have the teacher's width.
  package func apply(
    teacher: UnsafeBufferPointer<Float>, student: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    let teacherNorm = logSumExp(teacher)
    let studentNorm = logSumExp(UnsafeBufferPointer(student))
    var loss = 0.0
    for index in teacher.indices {
      let logP = Double(teacher[index] / temperature) - teacherNorm
      let logQ = Double(student[index] / temperature) - studentNorm
      let p = exp(logP)
      loss += p * (logP - logQ)
      // d(T² KL)/dz = T² (q - p) / T
      student[index] = temperature * Float(exp(logQ) - p)
    }
    return loss * Double(temperature) * Double(temperature)
  }

  private func logSumExp(_ values: UnsafeBufferPointer<Float>) -> Double {
    var largest = -Float.infinity
    for value in values { largest = max(largest, value) }
    var sum = 0.0
    for value in values { sum += exp(Double((value - largest) / temperature)) }
    return Double(largest / temperature) + log(sum)
  }
}

extension TrainingPass {
  /// Where one example's answer is predicted in the packed batch.
  package struct Target {
    /// Row of the residual stream that predicts the first answer token.
    package let firstRow: Int
    package let signal: TeacherSignal

    package init(firstRow: Int, signal: TeacherSignal) {
      self.firstRow = firstRow
      self.signal = signal
    }
  }

  /// Sum of the loss over all answer positions; `hiddenGradient` becomes its gradient times `weight`.
  ///
  /// Only the teacher's tokens need logits, so only those rows of the output matrix are read.
  package func distillationLoss(
    _ targets: [Target], loss: DistillationLoss, weight: Float
  ) -> Double {
    let shape = model.configuration
    let size = shape.hiddenSize
    hiddenGradient.pointer.update(repeating: 0, count: rows * size)
    var places: [(row: Int, target: Int, position: Int)] = []
    for (index, target) in targets.enumerated() {
      for position in 0..<target.signal.count {
        places.append((target.firstRow + position, index, position))
      }
    }
    // One slot a position, summed in order afterwards: the same sum however threads share the work.
    let losses = Buffer<Double>(count: places.count)
    let work = LossWork(
      places: places, targets: targets, hidden: hidden, gradient: hiddenGradient, losses: losses,
      rows: backwardWeights.outputRows, norm: model.finalNorm, epsilon: shape.normEpsilon,
      size: size, loss: loss, weight: weight)
    parallel(places.count) { work.run($0) }
    return (0..<places.count).reduce(0) { $0 + losses.pointer[$1] }
  }
}

/// One answer position: logits of the teacher's tokens, loss, and the gradient back through the
/// output rows and the final norm.
private struct LossWork {
  let places: [(row: Int, target: Int, position: Int)]
  let targets: [TrainingPass.Target]
  let hidden: Buffer<Float>
  let gradient: Buffer<Float>
  let losses: Buffer<Double>
  let rows: RowTable
  let norm: [Float]
  let epsilon: Float
  let size: Int
  let loss: DistillationLoss
  let weight: Float

  func run(_ index: Int) {
    let place = places[index]
    let signal = targets[place.target].signal
    let start = place.position * signal.width
    let x = hidden.pointer + place.row * size
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * size + signal.width) { memory in
      guard let normed = memory.baseAddress else { return }
      let dnormed = normed + size
      let logits = UnsafeMutableBufferPointer(start: normed + 2 * size, count: signal.width)
      prism_rms_norm(x, norm, epsilon, 1, size, normed, nil)
      for slot in 0..<signal.width { logits[slot] = rows.dot(Int(signal.ids[start + slot]), normed) }
      losses.pointer[index] = signal.logProbabilities.withUnsafeBufferPointer { values in
        loss.apply(
          teacher: UnsafeBufferPointer(rebasing: values[start..<start + signal.width]),
          student: logits)
      }
      dnormed.update(repeating: 0, count: size)
      for slot in 0..<signal.width {
        rows.add(Int(signal.ids[start + slot]), times: weight * logits[slot], to: dnormed)
      }
      prism_rms_norm_backward(
        x, norm, epsilon, dnormed, 1, size, gradient.pointer + place.row * size)
    }
  }
}
