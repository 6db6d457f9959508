import PrismModel
import PrismTensor

/// Which answers of an item a strategy takes.
package struct StrategySelection: Sendable {
  private let threshold: Float
  private let seed: UInt64
  /// The gate's share of routed items, by benchmark: the random gate routes as many.
  private let routedShare: [String: Double]

  /// - Parameter probabilities: the gate's, of all items of each benchmark.
  package init(threshold: Float, seed: UInt64, probabilities: [String: [Float]]) {
    self.threshold = threshold
    self.seed = seed
    routedShare = probabilities.mapValues { values in
      let routed = values.count { Route(probability: $0, threshold: threshold) == .adapter }
      return values.isEmpty ? 0 : Double(routed) / Double(values.count)
    }
  }

  /// Whether the gate sends an item to the adapter. An item the gate did not read stays on base.
  package func isRouted(_ probability: Float?) -> Bool {
    probability.map { Route(probability: $0, threshold: threshold) == .adapter } ?? false
  }

  /// Names of the conditions whose answers count for an item; several are averaged.
  ///
  /// - Parameter score: an item's score under a condition, for the oracle.
  package func conditions(
    _ strategy: EvaluationStrategy, candidates: [String], benchmark: String, item: BenchmarkItem,
    probability: Float?, score: (String) -> Double?, higherIsBetter: Bool
  ) -> [String] {
    let (base, adapter) = (AnswerCondition.base.name, AnswerCondition.adapter.name)
    switch strategy {
    case .base, .expert, .persona, .controlText, .fineTuned, .adapter, .averagePersona:
      return candidates
    case .prism: return [isRouted(probability) ? adapter : base]
    case .randomGate: return [isDrawn(benchmark, item) ? adapter : base]
    case .oracle:
      // Base where they tie or one of them cannot be read: routing must earn its place.
      guard let plain = score(base), let adapted = score(adapter) else { return [base] }
      return [(higherIsBetter ? adapted > plain : adapted < plain) ? adapter : base]
    }
  }

  /// Each item's draw is its own, so a larger limit changes none of the smaller one's.
  private func isDrawn(_ benchmark: String, _ item: BenchmarkItem) -> Bool {
    var generator = SeededGenerator(
      seed: seed, StratifiedSelection.fnv1a(benchmark), StratifiedSelection.fnv1a(item.id))
    return Double.random(in: 0..<1, using: &generator) < routedShare[benchmark] ?? 0
  }
}
