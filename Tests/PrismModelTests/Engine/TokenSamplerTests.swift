import Foundation
import PrismModel
import PrismTensor
import Testing

@Suite struct TokenSamplerTests {
  private func draws(_ parameters: SamplingParameters, _ logits: [Float], _ count: Int) -> [Int32] {
    var sampler = TokenSampler(parameters)
    return logits.withUnsafeBufferPointer { logits in
      (0..<count).map { _ in sampler.next(logits).token }
    }
  }

  @Test func temperatureZeroIgnoresTheSeed() {
    let logits: [Float] = [0.1, 2, -1, 2, 1.9]
    for seed in 0..<20 as Range<UInt64> {
      // The first of two equal logits, whatever the filters.
      #expect(draws(.init(temperature: 0, seed: seed), logits, 3) == [1, 1, 1])
      #expect(
        draws(.init(temperature: 0, topP: 0.1, topK: 3, minP: 0.5, seed: seed), logits, 3) == [
          1, 1, 1,
        ])
    }
  }

  @Test func seedsRepeat() {
    let logits = [Float](repeating: 0, count: 50)
    let first = draws(.init(temperature: 1, seed: 4), logits, 100)
    #expect(draws(.init(temperature: 1, seed: 4), logits, 100) == first)
    // 50^-100 for two seeds to agree.
    #expect(draws(.init(temperature: 1, seed: 5), logits, 100) != first)
  }

  // -log(4) for four equal logits at every temperature: what is reported is the model's own view.
  @Test(arguments: [0, 0.5, 1, 3] as [Float]) func logProbability(_ temperature: Float) {
    var sampler = TokenSampler(.init(temperature: temperature, topP: 0.9, topK: 2))
    let logits: [Float] = [1, 1, 1, 1]
    let value = logits.withUnsafeBufferPointer { sampler.next($0).logProbability }
    #expect(abs(value + log(4)) < 1e-6)
  }

  struct Filter: Sendable, CustomTestStringConvertible {
    var topP: Float = 1
    var topK = 0
    var minP: Float = 0
    let kept: Set<Int32>
    var testDescription: String { "topP \(topP) topK \(topK) minP \(minP)" }
  }

  // Tokens 3, 0, 2, 1 have probabilities 0.5, 0.25, 0.15, 0.1.
  @Test(arguments: [
    Filter(kept: [0, 1, 2, 3]),
    Filter(topP: 0.4, kept: [3]),
    Filter(topP: 0.6, kept: [3, 0]),
    Filter(topP: 0.8, kept: [3, 0, 2]),
    Filter(topP: 0.95, kept: [0, 1, 2, 3]),
    Filter(topK: 1, kept: [3]),
    Filter(topK: 3, kept: [3, 0, 2]),
    Filter(topK: 9, kept: [0, 1, 2, 3]),
    // At least 0.4 of 0.5: 0.2.
    Filter(minP: 0.4, kept: [3, 0]),
    Filter(minP: 0.25, kept: [3, 0, 2]),
    Filter(minP: 0.99, kept: [3]),
    // Of the three kept, 0.5 is a share of 0.56 and 0.75 one of 0.83.
    Filter(topP: 0.55, topK: 3, kept: [3]),
    Filter(topP: 0.8, topK: 3, kept: [3, 0]),
    Filter(topP: 0.8, minP: 0.4, kept: [3, 0]),
    Filter(topP: 0.95, topK: 3, minP: 0.4, kept: [3, 0]),
  ])
  func filtersByHand(_ filter: Filter) {
    let logits = [0.25, 0.1, 0.15, 0.5].map { Float(log($0)) + 7 }
    let parameters = SamplingParameters(
      temperature: 1, topP: filter.topP, topK: filter.topK, minP: filter.minP, seed: 1)
    // The rarest kept token has a share of at least 0.1: (0.9)^400 = 5e-19 to miss it.
    #expect(Set(draws(parameters, logits, 400)) == filter.kept)
  }

  // 0.5, 0.25 and a thousand of 0.00025. Of the likeliest 800 (0.9495), top-p 0.6 needs 0.57: two
  // tokens. Looking only at those above a thousandth of the largest, 0.75, once found one enough.
  @Test func topPIsAShareOfAllThatTopKKeeps() {
    let logits = ([0.5, 0.25] + [Double](repeating: 0.00025, count: 1000)).map { Float(log($0)) }
    let parameters = SamplingParameters(temperature: 1, topP: 0.6, topK: 800, seed: 2)
    #expect(Set(draws(parameters, logits, 200)) == [0, 1])
  }

  // Ten tokens, chi-square with at most 9 degrees of freedom: above 50 once in 10 million. A wrong
  // temperature or a lost token gives thousands.
  @Test(
    arguments: [0.5, 1, 1.7] as [Float],
    [
      Filter(kept: []), Filter(topP: 0.7, kept: []), Filter(topK: 4, kept: []),
      Filter(topP: 0.999, topK: 9, minP: 0.02, kept: []),
    ])
  func distribution(_ temperature: Float, _ filter: Filter) {
    var random = SeededGenerator(seed: 8)
    let logits = (0..<10).map { _ in 1.5 * random.normal() }
    let expected = Self.probabilities(logits, temperature, filter)
    let count = 20_000
    let parameters = SamplingParameters(
      temperature: temperature, topP: filter.topP, topK: filter.topK, minP: filter.minP, seed: 3)
    var bins = [Int](repeating: 0, count: 10)
    for token in draws(parameters, logits, count) { bins[Int(token)] += 1 }
    var square = 0.0
    for (seen, probability) in zip(bins, expected) {
      let mean = probability * Double(count)
      if probability == 0 {
        #expect(seen == 0)
      } else {
        square += (Double(seen) - mean) * (Double(seen) - mean) / mean
      }
    }
    #expect(square < 50)
  }

  /// The filters once more, by sorting everything.
  private static func probabilities(
    _ logits: [Float], _ temperature: Float, _ filter: Filter
  ) -> [Double] {
    let weights = logits.map { exp(Double($0 / temperature)) }
    var order = weights.indices.sorted { weights[$0] > weights[$1] }
    if filter.topK > 0 { order = Array(order.prefix(filter.topK)) }
    let mass = order.reduce(0) { $0 + weights[$1] }
    var covered = 0.0
    order = order.filter { index in
      defer { covered += weights[index] }
      return covered < Double(filter.topP) * mass || filter.topP == 1
    }
    order = order.filter { weights[$0] >= Double(filter.minP) * weights[order[0]] }
    let kept = order.reduce(0) { $0 + weights[$1] }
    return weights.indices.map { order.contains($0) ? weights[$0] / kept : 0 }
  }
}
