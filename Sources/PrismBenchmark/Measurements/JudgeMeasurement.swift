import PrismModel

/// Judge prompts of the shape the pipeline makes, read in one call: of each of 4 pairs both orders.
///
/// Lengths are those of the demo, whose prompts have 312 tokens on average: what stands before the
/// request 48, the request 24, either answer 80, the criteria after them 80. The arithmetic counts every
/// prompt whole; sharing the beginning saves some of it.
final class JudgeMeasurement: Measurement {
  static let promptTokens = 48 + 24 + 2 * 80 + 80
  let key = BenchmarkKey.judgePerSecond
  private let subject: BenchmarkSubject
  private let prompts: [RenderedPrompt]

  init(subject: BenchmarkSubject) {
    self.subject = subject
    prompts = Self.prompts(SyntheticTokens(subject.shape))
  }

  private static func prompts(_ tokens: SyntheticTokens) -> [RenderedPrompt] {
    let beginning = tokens.ids(48, stream: 200)
    let criteria = tokens.ids(80, stream: 201)
    return (0..<4).flatMap { pair in
      let query = tokens.ids(24, stream: UInt64(300 + 3 * pair))
      let answers = [1, 2].map { tokens.ids(80, stream: UInt64(300 + 3 * pair + $0)) }
      return [answers[0] + answers[1], answers[1] + answers[0]].map {
        RenderedPrompt(tokens: beginning + query + $0 + criteria, text: "")
      }
    }
  }

  func warmUp(_ checkpoint: Checkpoint) throws { try read(Array(prompts.prefix(2))) }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let time = try seconds { try read(prompts) }
    let work = ModelWork(subject.shape)
    return Sample(
      count: prompts.count, tokens: prompts.reduce(0) { $0 + $1.tokens.count }, seconds: time,
      multiplyAdds: prompts.reduce(0) { $0 + work.prefill($1.tokens.count) })
  }

  private func read(_ prompts: [RenderedPrompt]) throws {
    _ = try subject.generator.nextTokenLogProbabilities(prompts, of: [0, 1]) { _ in .more }
  }
}
