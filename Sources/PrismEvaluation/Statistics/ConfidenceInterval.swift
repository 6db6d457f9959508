/// Two ends between which a number lies at a confidence level.
package struct ConfidenceInterval: Codable, Hashable, Sendable {
  package let low: Double
  package let high: Double
  /// More than 0 and less than 1; 0.95 for a 95 % interval.
  package let level: Double

  package init(
    low: Double, high: Double, level: Double
  ) {
    self.low = low
    self.high = high
    self.level = level
  }

  /// True where 0 is inside or on an end: the sign of a difference is then not supported.
  package var includesZero: Bool { low <= 0 && high >= 0 }
}

/// A mean over items with its interval.
package struct MeanEstimate: Codable, Hashable, Sendable {
  package let mean: Double
  /// A point where there is one item only, or where all items are equal: resampling cannot show
  /// how uncertain those are. Read it beside `count`.
  package let interval: ConfidenceInterval
  /// Items, over all categories.
  package let count: Int
}

/// A mean of category means with its interval.
package struct MacroEstimate: Codable, Hashable, Sendable {
  package struct Category: Codable, Hashable, Sendable {
    package let name: String
    package let mean: Double
    package let count: Int
  }

  package let estimate: MeanEstimate
  /// Sorted by name. A category of one item adds nothing to the interval's width.
  package let categories: [Category]
}

/// A difference of two means over the same items.
package struct DifferenceEstimate: Codable, Hashable, Sendable {
  package let difference: Double
  /// As in `MeanEstimate`.
  package let interval: ConfidenceInterval
  /// Two-sided; see `Bootstrap.difference`.
  package let pValue: Double
  /// Pairs, over all categories.
  package let count: Int
}
