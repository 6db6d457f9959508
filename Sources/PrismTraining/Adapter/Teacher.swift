import CKernels
import Foundation
package import PrismModel
import PrismTensor

/// The base model with the persona in its prompt. Runs once per example; training reads what it kept.
package struct Teacher {
  private let reader: PackedReader
  private let width: Int

  /// - Parameter width: tokens kept per position, at most the vocabulary's size.
  package init(model: LanguageModel, width: Int) {
    reader = PackedReader(
      pass: ForwardPass(model: model.transformer),
      pool: KeyValuePool(model.configuration, precision: model.precision))
    self.width = min(width, model.configuration.vocabularySize)
  }

  /// Tokens read so far; a beginning that examples share counts once.
  package var tokenCount: Int { reader.tokenCount }

  /// The signal for each answer position of every example; the logits at position p - 1 predict token p.
  /// Examples share passes, and those of one persona its prompt.
  ///
  /// - Parameter onProgress: gets the count of finished examples, each count once.
  package func signals(
    _ examples: [(prompt: RenderedPrompt, answer: [Int32])],
    onProgress: (Int) -> Continuation = { _ in .more }
  ) throws -> [TeacherSignal] {
    var signals = [TeacherSignal](
      repeating: TeacherSignal(width: width, ids: [], logProbabilities: [], logRest: []),
      count: examples.count)
    var finished = 0
    func finish(_ count: Int) throws {
      while finished < count {
        finished += 1
        if onProgress(finished) == .stop { throw Interrupted() }
      }
    }
    try reader.readAnswers(examples, route: .base, onFinish: finish) { places, logits in
      let rows = TeacherRows(logits: logits, rows: places.count, size: reader.vocabularySize, width: width)
      for (row, place) in places.enumerated() { signals[place.example].append(rows, row: row) }
    }
    return signals
  }

  /// The signal of one example.
  package func signal(prompt: RenderedPrompt, answer: [Int32]) throws -> TeacherSignal {
    try signals([(prompt, answer)])[0]
  }
}

/// What the teacher keeps of a few rows of logits.
struct TeacherRows {
  private(set) var ids: [Int32]
  private(set) var logProbabilities: [Float]
  private(set) var logRest: [Float]
  let width: Int
  /// Mass outside the kept tokens is told from none down to this, natural log.
  static let leastLogRest = Float(log(leastRest))
  private static let leastRest = 1e-12

  /// - Parameter logits: `[rows, size]`.
  init(logits: UnsafePointer<Float>, rows: Int, size: Int, width: Int) {
    self.width = width
    ids = Array(repeating: 0, count: rows * width)
    logProbabilities = Array(repeating: 0, count: rows * width)
    logRest = Array(repeating: 0, count: rows)
    ids.withUnsafeMutableBufferPointer { ids in
      logProbabilities.withUnsafeMutableBufferPointer { values in
        logRest.withUnsafeMutableBufferPointer { rest in
          parallel(rows) { row in
            let (x, start) = (logits + row * size, row * width)
            let top = UnsafeMutableBufferPointer(rebasing: ids[start..<start + width])
            prism_top_k(x, size, width, top.baseAddress)
            let normalizer = prism_log_sum_exp(x, size, nil)
            var kept = 0.0
            for slot in 0..<width {
              let value = x[Int(top[slot])] - normalizer
              values[start + slot] = value
              kept += exp(Double(value))
            }
            rest[row] = Float(log(max(1 - kept, Self.leastRest)))
          }
        }
      }
    }
  }
}
