import Foundation
package import PrismModel

/// A local model as the judge: the one under test, or another.
///
/// Nothing is sampled: as with the verdicts of the main job, the judge's probabilities are read. A
/// refusal is the likelier of "Yes" and "No" as the first word of the reply. A rating is the mean of 1 to
/// 10 weighted by the probability of each after "Rating: [[", which a small model that copies the form it
/// was shown can still give. Both are unreadable where next to no probability is on them.
package struct LocalJudge {
  /// Less probability than this on all answers together means that the model answers something else.
  package static let readableMass = 0.01
  private static let ratingOpening = "Rating: [["

  private let engine: any LanguageEngine
  private let prompts: AnswerJudgePrompts

  package init(engine: any LanguageEngine) throws {
    self.engine = engine
    prompts = try AnswerJudgePrompts()
  }

  /// One reading a request, in order. Throws `Interrupted` when `progress` asks to stop.
  package func readings(
    _ requests: [JudgeRequest], progress: (Int) -> Continuation
  ) throws -> [AnswerReading] {
    let texts = try requests.map {
      try engine.renderer.prompt(system: nil, user: prompts.text(for: $0))
    }
    let refusals = requests.indices.filter { requests[$0].kind == .refusal }
    let ratings = requests.indices.filter { requests[$0].kind != .refusal }
    var readings = [AnswerReading?](repeating: nil, count: requests.count)
    let read = try refusalReadings(refusals.map { texts[$0] }, progress)
    for (index, reading) in zip(refusals, read) { readings[index] = reading }
    let rated = try ratingReadings(ratings.map { texts[$0] }) { done in
      progress(refusals.count + done / 2)
    }
    for (index, reading) in zip(ratings, rated) { readings[index] = reading }
    return readings.compactMap { $0 }
  }

  private func refusalReadings(
    _ prompts: [RenderedPrompt], _ progress: (Int) -> Continuation
  ) throws -> [AnswerReading] {
    guard !prompts.isEmpty else { return [] }
    let words = try ["Yes", "No"].map { try token($0, isWhole: false) }
    return try engine.nextTokenLogProbabilities(prompts, of: words, onProgress: progress).map {
      let (yes, no) = (Double($0[0]), Double($0[1]))
      let raw = "log p(Yes) \(yes), log p(No) \(no)"
      let isReadable = exp(yes) + exp(no) >= Self.readableMass && yes != no
      return AnswerReading(
        verdict: isReadable ? .refused(yes > no) : .unreadable(raw: raw), raw: raw)
    }
  }

  /// Two prefills a request, of which the second only adds a token to the first: "1" may go on as "10".
  private func ratingReadings(
    _ prompts: [RenderedPrompt], _ progress: (Int) -> Continuation
  ) throws -> [AnswerReading] {
    guard !prompts.isEmpty else { return [] }
    let digits = try (0...9).map { try token("\($0)", isWhole: true) }
    let opening = engine.renderer.tokenizer.encode(Self.ratingOpening, parsingControlTokens: false)
    let opened = prompts.flatMap { prompt in
      [opening, opening + [digits[1]]].map {
        RenderedPrompt(tokens: prompt.tokens + $0, text: prompt.text + Self.ratingOpening)
      }
    }
    let values = try engine.nextTokenLogProbabilities(opened, of: digits, onProgress: progress)
    return prompts.indices.map { index in
      Self.rating(
        digits: values[2 * index].map { exp(Double($0)) },
        zeroAfterOne: exp(Double(values[2 * index + 1][0])))
    }
  }

  /// - Parameters:
  ///   - digits: probabilities of 0 to 9 as the next token.
  ///   - zeroAfterOne: probability that a 1 goes on as 10.
  package static func rating(digits: [Double], zeroAfterOne: Double) -> AnswerReading {
    var ratings = Array(digits.dropFirst())
    ratings.append(ratings[0] * zeroAfterOne)
    ratings[0] *= 1 - zeroAfterOne
    let mass = ratings.reduce(0, +)
    let mean = zip(1...10, ratings).reduce(0) { $0 + Double($1.0) * $1.1 } / mass
    let shares = ratings.map { String(format: "%.3f", $0) }.joined(separator: " ")
    let raw = "p(1) to p(10): \(shares)"
    guard mass >= readableMass, mean.isFinite else {
      return AnswerReading(verdict: .unreadable(raw: raw), raw: raw)
    }
    return AnswerReading(verdict: .rating(min(10, max(1, mean))), raw: raw)
  }

  /// - Parameter isWhole: whether the text must be one token; otherwise its first is taken.
  private func token(_ text: String, isWhole: Bool) throws -> Int32 {
    let tokens = engine.renderer.tokenizer.encode(text, parsingControlTokens: false)
    guard let first = tokens.first, !isWhole || tokens.count == 1 else {
      throw EvaluationError.letterToken(letter: text, tokenCount: tokens.count)
    }
    return first
  }
}
