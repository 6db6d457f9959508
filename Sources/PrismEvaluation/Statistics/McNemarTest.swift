/// McNemar's exact test: do two strategies get the same share of the same items right?
///
/// Only items on which they differ speak (b and c of them). If neither is better, each of these
/// falls to either side like a fair coin, and p is the chance of a split at least as uneven.
package struct McNemarTest: Codable, Hashable, Sendable {
  /// Its `firstOnly` is b and its `secondOnly` is c.
  package let outcomes: PairedOutcomes
  /// Two-sided, 1 where the strategies never differ; 0 where it is below the least number above 0.
  package let pValue: Double

  /// Outcomes: `[item]` on both sides, in one order. Throws without items and for lists that
  /// differ in length.
  package init(first: [Bool], second: [Bool]) throws {
    outcomes = try PairedOutcomes(first, second, for: "McNemar's test")
    pValue = Self.twoSided(b: outcomes.firstOnly, c: outcomes.secondOnly)
  }

  /// Twice the tail of a binomial with n = b + c and one half, at most 1.
  ///
  /// The tail is divided by the sum of all terms, both taken relative to the middle term by the
  /// ratio C(n, j-1) / C(n, j) = j / (n - j + 1). Differences of log-gamma would lose as many
  /// digits as log n! has before its point. Work is n / 2 steps, and less than 20 sqrt(n) where n
  /// is large, since terms that far from the middle are 0.
  package static func twoSided(b: Int, c: Int) -> Double {
    let smaller = min(b, c)
    guard b != c else { return 1 }
    let total = b + c
    var index = total / 2
    var weight = 1.0
    var tail = 0.0
    // Half of all terms; an even total's middle term belongs to both halves.
    var half = total.isMultiple(of: 2) ? -0.5 : 0
    while index >= 0, weight > 0 {
      half += weight
      if index <= smaller { tail += weight }
      weight *= Double(index) / Double(total - index + 1)
      index -= 1
    }
    return tail / half
  }
}
