/// Two tensors that should agree and do not.
package struct NotClose: Error, CustomStringConvertible {
  package let description: String
}

/// Throws unless both have the same count and no pair of values differs by more than `tolerance`.
///
/// Infinities and NaNs agree only with themselves. Returns the largest difference.
@discardableResult
package func expectClose(
  _ actual: some Collection<Float>, _ expected: some Collection<Float>, tolerance: Float,
  _ what: String = "values"
) throws -> Float {
  guard actual.count == expected.count else {
    throw NotClose(description: "\(what): \(actual.count) values, expected \(expected.count)")
  }
  var largest: Float = 0
  var worst = (index: 0, actual: Float(0), expected: Float(0))
  for (index, pair) in zip(actual, expected).enumerated() {
    let agrees = pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN)
    let difference = agrees ? 0 : abs(pair.0 - pair.1)
    // A NaN compares with nothing: it counts as the largest difference there is.
    let size = difference.isNaN ? Float.infinity : difference
    if size > largest {
      largest = size
      worst = (index, pair.0, pair.1)
    }
  }
  guard largest <= tolerance else {
    throw NotClose(
      description:
        "\(what): largest difference \(largest) at index \(worst.index) of \(actual.count) (\(worst.actual), expected \(worst.expected)); allowed \(tolerance)"
    )
  }
  return largest
}
