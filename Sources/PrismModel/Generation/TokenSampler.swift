import CKernels
import PrismTensor

/// Draws tokens from logits for one sequence, with its own random stream.
package struct TokenSampler {
  /// A token and the natural log of its probability at temperature 1, before any filter.
  package typealias Draw = (token: Int32, logProbability: Float)

  private let parameters: SamplingParameters
  private var random: SeededGenerator

  package init(_ parameters: SamplingParameters) {
    self.parameters = parameters
    random = SeededGenerator(seed: parameters.seed)
  }

  package mutating func next(_ logits: UnsafeBufferPointer<Float>) -> Draw {
    var best: Int32 = 0
    let normalizer = prism_log_sum_exp(logits.baseAddress, logits.count, &best)
    let token = parameters.temperature == 0 ? best : draw(logits, largest: logits[Int(best)])
    return (token, logits[Int(token)] - normalizer)
  }

  /// Filters in the usual order: top-k, then top-p, then min-p, on probabilities at the temperature.
  private mutating func draw(_ logits: UnsafeBufferPointer<Float>, largest: Float) -> Int32 {
    let point = Double(random.next() >> 11) * 0x1p-53
    let inverse = 1 / parameters.temperature
    let isUnfiltered = parameters.topK == 0 && parameters.topP >= 1
    if isUnfiltered {
      return drawUnsorted(logits, largest: largest, inverse: inverse, point: point)
    }
    var candidates = sortedCandidates(logits, largest: largest, inverse: inverse)
    if parameters.minP > 0 { candidates = candidates.filter { $0.weight >= parameters.minP } }
    let mass = candidates.reduce(0.0) { $0 + Double($1.weight) }
    var left = point * mass
    for candidate in candidates {
      left -= Double(candidate.weight)
      if left < 0 { return candidate.token }
    }
    return candidates[candidates.count - 1].token
  }

  private struct Candidate {
    var token: Int32
    /// Probability relative to the likeliest token's.
    var weight: Float
  }

  /// Without top-k and top-p no order is needed: one pass for the mass, one to find the point.
  private func drawUnsorted(
    _ logits: UnsafeBufferPointer<Float>, largest: Float, inverse: Float, point: Double
  ) -> Int32 {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: logits.count) { weights in
      let mass = prism_exp_scaled(
        logits.baseAddress, weights.baseAddress, logits.count, largest, inverse, parameters.minP)
      return prism_pick(weights.baseAddress, logits.count, point * mass)
    }
  }

  /// The likeliest tokens that top-k and top-p keep, likeliest first; ties by id.
  private func sortedCandidates(
    _ logits: UnsafeBufferPointer<Float>, largest: Float, inverse: Float
  ) -> [Candidate] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: logits.count) { weights in
      let mass = prism_exp_scaled(
        logits.baseAddress, weights.baseAddress, logits.count, largest, inverse, 0)
      // Sorting the whole vocabulary is seldom needed: lower the bar until enough mass is above it.
      var bar: Float = 1e-3
      while true {
        var candidates: [Candidate] = []
        for index in 0..<logits.count where weights[index] >= bar {
          candidates.append(Candidate(token: Int32(index), weight: weights[index]))
        }
        let covered = candidates.reduce(0.0) { $0 + Double($1.weight) }
        // Top-p is a share of what top-k keeps, so with top-k all of those must be at hand.
        let hasEnough =
          parameters.topK > 0
          ? candidates.count >= parameters.topK : covered >= Double(parameters.topP) * mass
        if hasEnough || bar == 0 { return kept(candidates, mass: mass) }
        bar = bar > 1e-9 ? bar * 1e-2 : 0
      }
    }
  }

  private func kept(_ unsorted: [Candidate], mass: Double) -> [Candidate] {
    var candidates = unsorted.sorted {
      $0.weight != $1.weight ? $0.weight > $1.weight : $0.token < $1.token
    }
    var total = mass
    if parameters.topK > 0, candidates.count > parameters.topK {
      candidates.removeLast(candidates.count - parameters.topK)
    }
    if parameters.topK > 0 { total = candidates.reduce(0.0) { $0 + Double($1.weight) } }
    guard parameters.topP < 1 else { return candidates }
    var covered = 0.0
    for (index, candidate) in candidates.enumerated() {
      covered += Double(candidate.weight)
      if covered >= Double(parameters.topP) * total { return Array(candidates[...index]) }
    }
    return candidates
  }
}
