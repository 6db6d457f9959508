import CKernels
import Foundation
package import PrismModel
import PrismTensor

/// The base model with the persona in its prompt. Runs once per example; training reads what it kept.
package struct Teacher {
  private let pass: ForwardPass
  private let pool: KeyValuePool
  private let width: Int

  /// - Parameter width: tokens kept per position, at most the vocabulary's size.
  package init(model: LanguageModel, width: Int) {
    pass = ForwardPass(model: model.transformer)
    pool = KeyValuePool(model.configuration, precision: model.precision)
    self.width = min(width, model.configuration.vocabularySize)
  }

  /// The signal for each answer position; the logits at position p - 1 predict token p.
  package func signal(prompt: RenderedPrompt, answer: [Int32]) throws -> TeacherSignal {
    var ids: [Int32] = []
    var values: [Float] = []
    var rest: [Float] = []
    try pass.forEachAnswerLogits(prompt: prompt, answer: answer, route: .base, pool: pool) { logits in
      let normalizer = prism_log_sum_exp(logits.baseAddress, logits.count, nil)
      let top = largest(width, of: logits)
      var kept = 0.0
      for id in top {
        let value = logits[Int(id)] - normalizer
        ids.append(id)
        values.append(value)
        kept += exp(Double(value))
      }
      rest.append(Float(log(max(1 - kept, 1e-12))))
    }
    return TeacherSignal(width: width, ids: ids, logProbabilities: values, logRest: rest)
  }
}

extension ForwardPass {
  /// Calls `body` with the logits that predict each answer token, in order.
  package func forEachAnswerLogits(
    prompt: RenderedPrompt, answer: [Int32], route: Route, pool: KeyValuePool,
    body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let size = model.configuration.vocabularySize
    // The last answer token predicts nothing that is asked for.
    let tokens = prompt.tokens + answer.dropLast()
    begin([BatchSegment(cache: KeyValueCache(pool: pool), tokens: tokens, route: route)])
    try run(layers: 0..<model.configuration.layerCount)
    let rows = Array(prompt.tokens.count - 1..<tokens.count)
    for start in stride(from: 0, to: rows.count, by: 64) {
      let part = Array(rows[start..<min(start + 64, rows.count)])
      let values = try logits(ofRows: part)
      for index in part.indices {
        try body(UnsafeBufferPointer(start: values + index * size, count: size))
      }
    }
  }
}

/// Indices of the `count` largest values, largest first; ties by index.
package func largest(_ count: Int, of values: UnsafeBufferPointer<Float>) -> [Int32] {
  // Candidates above a rising bar, cut back to `count` whenever there are twice as many.
  var candidates: [Int32] = []
  candidates.reserveCapacity(2 * count)
  func cut() {
    candidates.sort { a, b in
      let (x, y) = (values[Int(a)], values[Int(b)])
      return x != y ? x > y : a < b
    }
    if candidates.count > count { candidates.removeLast(candidates.count - count) }
  }
  var bar = -Float.infinity
  for index in values.indices where values[index] > bar || candidates.count < count {
    candidates.append(Int32(index))
    if candidates.count == 2 * count {
      cut()
      bar = values[Int(candidates[count - 1])]
    }
  }
  cut()
  return candidates
}
