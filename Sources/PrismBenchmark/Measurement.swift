/// Called between pieces of work; throws `Interrupted` when the user asked to stop.
typealias Checkpoint = () throws -> Void

/// Something that can be timed again and again.
protocol Measurement: AnyObject {
  var key: BenchmarkKey { get }
  /// Runs what the first run pays for alone: buffers, pages, primitives of a shape.
  func warmUp(_ checkpoint: Checkpoint) throws
  func sample(_ checkpoint: Checkpoint) throws -> Sample
}

/// One timed run.
struct Sample {
  /// In the key's unit.
  var value: Double
  /// Tokens read or written a second.
  var tokensPerSecond: Double?
  /// 1e9 floating-point operations a second; a multiply-add is two.
  var gflops: Double?
  /// 1e9 bytes of weights read a second.
  var gbps: Double?
}

extension Sample {
  /// A rate: `count` things and `tokens` tokens done in `seconds`.
  init(count: Int, tokens: Int, seconds: Double, multiplyAdds: Int, weightBytes: Int? = nil) {
    value = Double(count) / seconds
    tokensPerSecond = Double(tokens) / seconds
    gflops = 2 * Double(multiplyAdds) / seconds / 1e9
    gbps = weightBytes.map { Double($0) / seconds / 1e9 }
  }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .seconds(1)
}

/// The middle value, or the mean of the two middle ones; `nil` of nothing.
func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
