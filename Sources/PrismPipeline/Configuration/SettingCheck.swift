/// A setting outside its range: key and what is wrong with it.
package typealias SettingProblem = (key: String, problem: String)

/// Gathers every setting of one section that is outside its range.
struct SettingCheck {
  private(set) var problems: [SettingProblem] = []

  mutating func expect<Value: Comparable>(
    _ key: String, _ value: Value, in range: ClosedRange<Value>
  ) {
    guard !range.contains(value) else { return }
    problems.append((key, "is \(value); allowed: \(range.lowerBound) to \(range.upperBound)"))
  }

  mutating func expect(_ key: String, _ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds { problems.append((key, problem())) }
  }
}
