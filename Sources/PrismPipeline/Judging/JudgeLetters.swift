import Foundation
import PrismModel

/// The token ids that spell the judge's two letters.
struct JudgeLetters {
  /// With and without a space before the letter, where each is one token; A's forms, then B's in
  /// the same order.
  let tokens: [Int32]
  private var forms: Int { tokens.count / 2 }

  /// Throws `PipelineError.judgeLetter` where a letter has no single token.
  init(tokenizer: any Tokenizer) throws {
    var first: [Int32] = []
    var second: [Int32] = []
    for space in ["", " "] {
      let a = tokenizer.encode(space + "A", parsingControlTokens: false)
      let b = tokenizer.encode(space + "B", parsingControlTokens: false)
      // A form counts only if both letters have it: neither may have more ways to be said.
      guard a.count == 1, b.count == 1, a != b, !first.contains(a[0]) else { continue }
      first += a
      second += b
    }
    guard !first.isEmpty else {
      let counts = ["A", "B"].map {
        ($0, tokenizer.encode($0, parsingControlTokens: false).count)
      }
      let worse = counts.max { $0.1 < $1.1 } ?? ("A", 0)
      throw PipelineError.judgeLetter(letter: worse.0, tokenCount: worse.1)
    }
    tokens = first + second
  }

  /// Sums each letter's forms. `logProbabilities` stand in the order of `tokens`; anything but one
  /// number a token becomes a reading that is not a number, hence unreadable.
  func reading(_ logProbabilities: [Float]) -> LetterReading {
    guard logProbabilities.count == tokens.count else {
      return LetterReading(logA: .nan, logB: .nan)
    }
    return LetterReading(
      logA: Self.logOfSum(logProbabilities[..<forms]),
      logB: Self.logOfSum(logProbabilities[forms...]))
  }

  private static func logOfSum(_ logs: ArraySlice<Float>) -> Float {
    guard !logs.contains(where: \.isNaN), let largest = logs.max() else { return .nan }
    guard logs.count > 1, largest.isFinite else { return largest }
    return Float(
      Double(largest) + log(logs.reduce(0.0) { $0 + exp(Double($1) - Double(largest)) }))
  }
}
