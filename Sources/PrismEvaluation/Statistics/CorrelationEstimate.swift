/// A correlation coefficient with its number of pairs, or why there is none.
package enum CorrelationEstimate: Codable, Hashable, Sendable {
  package enum Gap: String, Codable, Hashable, Sendable {
    case fewerThanTwoPairs, firstIsConstant, secondIsConstant, bothAreConstant
  }

  /// -1...1. Two pairs always give -1 or 1: read it beside `count`.
  case value(coefficient: Double, count: Int)
  case undefined(gap: Gap, count: Int)

  package var count: Int {
    switch self {
    case .value(_, let count), .undefined(_, let count): count
    }
  }
}
