/// Counts of values up to each bound, as Prometheus keeps them.
struct Histogram: Sendable {
  /// Seconds of requests.
  static let requestBounds = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
  ]

  private let bounds: [Double]
  private(set) var counts: [Int]
  private(set) var sum = 0.0
  var count: Int { counts.reduce(0, +) }

  /// - Parameter bounds: rising.
  init(bounds: [Double] = Histogram.requestBounds) {
    self.bounds = bounds
    counts = [Int](repeating: 0, count: bounds.count + 1)
  }

  mutating func add(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// Lines of the text format. `labels` are written, such as `path="/v1/models"`, or empty.
  func lines(_ name: String, labels: String) -> [String] {
    let comma = labels.isEmpty ? "" : ","
    var total = 0
    var lines: [String] = []
    for (bound, count) in zip(bounds, counts) {
      total += count
      lines.append("\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(total)")
    }
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    return lines + [
      "\(name)_bucket{\(labels)\(comma)le=\"+Inf\"} \(count)", "\(name)_sum\(braces) \(sum)",
      "\(name)_count\(braces) \(count)",
    ]
  }
}
