/// A correlation coefficient with its number of pairs, or why there is none.
package enum CorrelationEstimate: Hashable, Sendable {
  package enum Gap: Hashable, Sendable {
    case fewerThanTwoPairs, firstIsConstant, secondIsConstant, bothAreConstant
    /// A value is NaN or infinite, or the values' sum overflows.
    case notFinite
  }

  /// -1...1. Two pairs always give -1 or 1: read it beside `count`.
  case value(coefficient: Double, count: Int)
  case undefined(gap: Gap, count: Int)

  package var count: Int {
    switch self {
    case .value(_, let count), .undefined(_, let count): count
    }
  }

  /// -1...1; absent where it is not defined.
  package var coefficient: Double? {
    switch self {
    case .value(let coefficient, _): coefficient
    case .undefined: nil
    }
  }
}
