/// Holm's step-down correction (1979): among all tests of a family, the chance of even one false
/// alarm stays below the level that the adjusted p-values are held against.
package enum HolmCorrection {
  /// Adjusted p-values in the order given, `[test]`; none for an empty family.
  ///
  /// The r-th smallest of m is multiplied by m - r + 1, is at least as large as those before it,
  /// and at most 1. Throws for values outside 0...1 (NaN included).
  package static func adjusted(_ pValues: [Double]) throws -> [Double] {
    try StatisticInput.checkRange(pValues, in: 0...1, for: "Holm's correction")
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    var adjusted = pValues
    var largest = 0.0
    for (position, index) in order.enumerated() {
      largest = max(largest, min(1, pValues[index] * Double(pValues.count - position)))
      adjusted[index] = largest
    }
    return adjusted
  }
}
