import PrismModel

/// 64 new tokens in each of several streams; reading the prompts is not timed.
final class DecodeMeasurement: Measurement {
  static let newTokens = 64
  let key: BenchmarkKey
  private let count: Int
  private let subject: BenchmarkSubject
  private let streams: DecodeStreams

  init(streams count: Int, of streams: DecodeStreams, subject: BenchmarkSubject) {
    key = .decode(streams: count)
    self.count = count
    self.subject = subject
    self.streams = streams
  }

  func warmUp(_ checkpoint: Checkpoint) throws { _ = try decode(2, checkpoint) }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let steps = Self.newTokens
    let time = try decode(steps, checkpoint)
    return Sample(
      count: count * steps, tokens: count * steps, seconds: time,
      multiplyAdds: ModelWork(subject.shape).decode(
        streams: count, past: DecodeStreams.promptTokens, steps: steps),
      weightBytes: steps * WeightTraffic(subject.model.transformer).step)
  }

  private func decode(_ steps: Int, _ checkpoint: Checkpoint) throws -> Double {
    var running = try streams.fresh(count, checkpoint)
    var time = 0.0
    for step in 0..<steps {
      time += try seconds { try subject.step(&running) }
      if step % 8 == 7 { try checkpoint() }
    }
    return time
  }
}
