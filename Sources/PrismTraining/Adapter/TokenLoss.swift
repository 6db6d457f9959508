import CKernels
import Foundation
package import PrismModel
import PrismTensor

/// Cross-entropy with each signal's likeliest token: -log of its probability at temperature 1.
///
/// Unlike `DistillationLoss` it normalises over the whole vocabulary, since one token beside itself
/// would always have all the mass.
package struct TokenLoss: AnswerLoss {
  /// Positions whose logits are in memory at once.
  private static let positionsAtOnce = 64

  private let model: Transformer
  /// V -> D
  private let backward: PackedMatrix

  /// Packs the output matrix a second time. Throws when memory is short.
  package init(model: Transformer) throws {
    self.model = model
    backward = try model.outputBackward()
  }

  package func value(
    of signal: TeacherSignal, position: Int, logits: UnsafeBufferPointer<Float>
  ) -> Double {
    guard let start = logits.baseAddress else { return 0 }
    let token = Int(signal.ids[position * signal.width])
    return Double(prism_log_sum_exp(start, logits.count, nil)) - Double(logits[token])
  }

  package func total(
    of targets: [TrainingPass.Target], in pass: TrainingPass, weight: Float
  ) throws -> Double {
    let size = model.configuration.hiddenSize
    pass.hiddenGradient.pointer.update(repeating: 0, count: pass.rows * size)
    let places = targets.flatMap { target in
      (0..<target.signal.count).map { position in
        Place(
          row: target.firstRow + position,
          token: Int(target.signal.ids[position * target.signal.width]))
      }
    }
    let work = TokenLossWork(
      model: model, backward: backward, pass: pass, weight: weight,
      capacity: min(Self.positionsAtOnce, places.count))
    var total = 0.0
    for start in stride(from: 0, to: places.count, by: Self.positionsAtOnce) {
      let part = Array(places[start..<min(start + Self.positionsAtOnce, places.count)])
      for loss in try work.run(part) { total += loss }
    }
    return total
  }

  fileprivate struct Place {
    /// Row of the residual stream that predicts the token.
    let row: Int
    let token: Int
  }
}

/// Logits of a few positions, their losses, and the gradient back through the output matrix and the
/// final norm.
private final class TokenLossWork {
  private let model: Transformer
  private let backward: PackedMatrix
  private let pass: TrainingPass
  private let weight: Float
  /// Residual rows and their gradients `[positions, D]`, logits `[positions, V]`; narrow copies where
  /// products take bf16.
  private let hidden: Buffer<Float>
  private let normed: Buffer<Float>
  private let normedNarrow: Buffer<UInt16>
  private let logits: Buffer<Float>
  private let logitsNarrow: Buffer<UInt16>

  init(
    model: Transformer, backward: PackedMatrix, pass: TrainingPass, weight: Float, capacity: Int
  ) {
    self.model = model
    self.backward = backward
    self.pass = pass
    self.weight = weight
    let rows = PackedMatrix.paddedRows(max(capacity, 1))
    let narrowRows = model.precision == .bf16 ? rows : 0
    let shape = model.configuration
    hidden = Buffer(count: rows * shape.hiddenSize)
    normed = Buffer(count: rows * shape.hiddenSize)
    normedNarrow = Buffer(count: narrowRows * shape.hiddenSize)
    logits = Buffer(count: rows * shape.vocabularySize)
    logitsNarrow = Buffer(count: narrowRows * shape.vocabularySize)
  }

  /// The losses of `places`, in order.
  func run(_ places: [TokenLoss.Place]) throws -> [Double] {
    let size = model.configuration.hiddenSize
    let isNarrow = model.precision == .bf16
    for (index, place) in places.enumerated() {
      (hidden.pointer + index * size).update(
        from: pass.hidden.pointer + place.row * size, count: size)
    }
    prism_rms_norm(
      hidden.pointer, model.finalNorm, model.configuration.normEpsilon, places.count, size,
      isNarrow ? nil : normed.pointer, isNarrow ? normedNarrow.pointer : nil)
    try model.requireHead().multiply(
      isNarrow ? UnsafeRawPointer(normedNarrow.pointer) : UnsafeRawPointer(normed.pointer),
      rows: places.count, into: logits.pointer)
    let losses = slopes(places)
    // The normed rows are used up; their gradients take their place.
    try backward.multiply(
      isNarrow ? UnsafeRawPointer(logitsNarrow.pointer) : UnsafeRawPointer(logits.pointer),
      rows: places.count, into: normed.pointer)
    for (index, place) in places.enumerated() {
      prism_rms_norm_backward(
        hidden.pointer + index * size, model.finalNorm, model.configuration.normEpsilon,
        normed.pointer + index * size, 1, size, pass.hiddenGradient.pointer + place.row * size)
    }
    return losses
  }

  /// Losses; their slopes, softmax minus one at the token, times `weight`, replace the logits.
  private func slopes(_ places: [TokenLoss.Place]) -> [Double] {
    let count = model.configuration.vocabularySize
    let (logits, logitsNarrow, weight) = (logits, logitsNarrow, weight)
    let isNarrow = model.precision == .bf16
    var losses = [Double](repeating: 0, count: places.count)
    losses.withUnsafeMutableBufferPointer { losses in
      parallel(places.count) { index in
        let row = logits.pointer + index * count
        let normalizer = prism_log_sum_exp(row, count, nil)
        losses[index] = Double(normalizer) - Double(row[places[index].token])
        for token in 0..<count { row[token] = weight * exp(row[token] - normalizer) }
        row[places[index].token] -= weight
        if isNarrow { prism_narrow(row, logitsNarrow.pointer + index * count, count) }
      }
    }
    return losses
  }
}
