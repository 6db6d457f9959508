package import PrismTensor

/// How a benchmark runs.
package struct BenchmarkSettings: Hashable, Sendable {
  package var precision: Precision
  /// Times everything is measured, in turns; figures are medians. Range 1...100.
  package var rounds: Int
  /// What to measure besides loading and the ceilings.
  package var keys: Set<BenchmarkKey>

  package init(
    precision: Precision = .best, rounds: Int = 3, keys: Set<BenchmarkKey> = Set(BenchmarkKey.allCases)
  ) {
    self.precision = precision
    self.rounds = rounds
    self.keys = keys
  }
}

extension BenchmarkSettings {
  /// Keys from a list separated by commas. The ceilings are always measured, so their name, `ceiling`,
  /// adds none. Throws `BenchmarkError.unknownKey`.
  package static func keys(named list: String) throws(BenchmarkError) -> Set<BenchmarkKey> {
    var keys: Set<BenchmarkKey> = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = String(part.drop { $0 == " " })
      if name == "ceiling" { continue }
      guard let key = BenchmarkKey(rawValue: name) else { throw .unknownKey(name) }
      keys.insert(key)
    }
    return keys
  }
}
