/// Counts of two yes-or-no readings of the same items.
package struct PairedOutcomes: Codable, Hashable, Sendable {
  package let both: Int
  /// Yes in the first reading only: McNemar's b.
  package let firstOnly: Int
  /// Yes in the second reading only: McNemar's c.
  package let secondOnly: Int
  package let neither: Int

  package var count: Int { both + firstOnly + secondOnly + neither }

  package init(_ first: [Bool], _ second: [Bool], for statistic: String) throws {
    try StatisticInput.checkPaired(first.count, second.count, for: statistic)
    try StatisticInput.checkNotEmpty(first.count, for: statistic)
    both = zip(first, second).count { $0 && $1 }
    firstOnly = zip(first, second).count { $0 && !$1 }
    secondOnly = zip(first, second).count { !$0 && $1 }
    neither = first.count - both - firstOnly - secondOnly
  }
}
