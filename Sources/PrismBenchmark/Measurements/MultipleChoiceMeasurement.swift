package import PrismModel

/// Questions of MMLU's length with four letters to choose from, no two of which begin alike.
///
/// 0-shot prompts of MMLU have about 100 tokens, some of them far more.
package final class MultipleChoiceMeasurement: Measurement {
  private static let lengths = [60, 72, 84, 95, 105, 120, 140, 180]
  static let longestPrompt = lengths[lengths.count - 1]
  package static let letters: [Int32] = [0, 1, 2, 3]
  let key: BenchmarkKey
  private let reading: LetterReading
  private let subject: BenchmarkSubject
  private let questions: [RenderedPrompt]

  init(_ reading: LetterReading, key: BenchmarkKey, subject: BenchmarkSubject) {
    self.key = key
    self.reading = reading
    self.subject = subject
    questions = Self.questions(subject.shape)
  }

  package static func questions(_ shape: ModelConfiguration) -> [RenderedPrompt] {
    let tokens = SyntheticTokens(shape)
    return lengths.enumerated().map { index, length in
      let rest = tokens.ids(length - 1, stream: UInt64(600 + index))
      return RenderedPrompt(tokens: [Int32(index)] + rest, text: "")
    }
  }

  func warmUp(_ checkpoint: Checkpoint) throws { try read(checkpoint) }

  func sample(_ checkpoint: Checkpoint) throws -> Sample {
    let time = try seconds { try read(checkpoint) }
    let work = ModelWork(subject.shape)
    let letters = Self.letters.count
    return Sample(
      count: questions.count,
      tokens: Self.lengths.reduce(0) { $0 + reading.tokensRead($1, letters: letters) },
      seconds: time,
      multiplyAdds: Self.lengths.reduce(0) {
        $0 + reading.multiplyAdds(work, tokens: $1, letters: letters)
      })
  }

  private func read(_ checkpoint: Checkpoint) throws {
    _ = try reading.read(
      questions, letters: Self.letters, with: subject.generator, checkpoint: checkpoint)
  }
}
