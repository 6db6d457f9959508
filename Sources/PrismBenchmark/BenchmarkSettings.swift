package import PrismTensor

/// How a benchmark runs.
package struct BenchmarkSettings: Hashable, Sendable {
  package var weights: WeightFormat
  /// Times everything is measured, in turns; figures are medians. Range 1...100.
  package var rounds: Int
  /// What to measure besides loading and the ceilings, in this order.
  package var keys: [BenchmarkKey]

  package init(
    weights: WeightFormat = WeightFormat(.best), rounds: Int = 3,
    keys: [BenchmarkKey] = BenchmarkKey.standard
  ) {
    self.weights = weights
    self.rounds = rounds
    self.keys = keys
  }
}

extension BenchmarkSettings {
  /// Keys from a list separated by commas, each once. The ceilings are always measured, so their name,
  /// `ceiling`, adds none. Throws `BenchmarkError.unknownKey`.
  package static func keys(named list: String) throws(BenchmarkError) -> [BenchmarkKey] {
    var keys: [BenchmarkKey] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = String(part.drop { $0 == " " })
      if name == "ceiling" { continue }
      let key = try BenchmarkKey(name: name)
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }
}
