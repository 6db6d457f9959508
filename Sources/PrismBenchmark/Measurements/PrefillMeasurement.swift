import PrismModel

/// Reads one prompt in the pieces that generation uses, and the logits of its last token.
final class PrefillMeasurement: Measurement {
  let key: BenchmarkKey
  private let subject: BenchmarkSubject
  private let tokens: [Int32]

  init(tokens count: Int, subject: BenchmarkSubject) {
    key = .prefill(tokens: count)
    self.subject = subject
    tokens = SyntheticTokens(subject.shape).ids(count, stream: 1)
  }

  func warmUp(_ checkpoint: Checkpoint) throws {
    // A long prompt's later pieces have the first one's shapes.
    try read(Array(tokens.prefix(subject.generator.settings.maximumRows)), checkpoint)
  }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let time = try seconds { try read(tokens, checkpoint) }
    return Sample(
      count: tokens.count, tokens: tokens.count, seconds: time,
      multiplyAdds: ModelWork(subject.shape).prefill(tokens.count))
  }

  private func read(_ tokens: [Int32], _ checkpoint: Checkpoint) throws {
    try subject.read(tokens, checkpoint)
    _ = try subject.generator.pass.lastLogits(ofSegments: [0])
  }
}
