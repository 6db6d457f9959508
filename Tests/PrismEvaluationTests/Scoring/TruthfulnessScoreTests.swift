import Foundation
import PrismEvaluation
import Testing

@Suite("Truthfulness")
struct TruthfulnessScoreTests {
  private let answers = AnswerSet(
    question: "q", correct: ["first", "best"], incorrect: ["wrong", "false"], best: "best")

  @Test(
    "MC1 compares the best answer, and no other, with the likeliest incorrect one",
    arguments: [
      ([-9.0, -1.0], [-2.0, -3.0], 1.0), ([-1, -3], [-2, -4], 0), ([-1, -2], [-2, -4], 0),
      ([-1, -2], [-.infinity, -.infinity], 1), ([-1, -.infinity], [-.infinity, -.infinity], 0),
    ] as [([Double], [Double], Double)])
  func mc1(correct: [Double], incorrect: [Double], expected: Double) {
    #expect(TruthfulnessScore.mc1(answers, correct: correct, incorrect: incorrect) == expected)
  }

  @Test(
    "MC2 is the correct answers' share of probability",
    arguments: [
      // Probabilities 1/2 and 1/4 against 1/8 and 1/8.
      ([log(0.5), log(0.25)], [log(0.125), log(0.125)], 0.75),
      // The same, each a factor e^-2000 smaller: no underflow.
      ([log(0.5) - 2000, log(0.25) - 2000], [log(0.125) - 2000, log(0.125) - 2000], 0.75),
      ([0, -.infinity], [0, -.infinity], 0.5), ([-.infinity, -.infinity], [-3, -4], 0),
    ] as [([Double], [Double], Double)])
  func mc2(correct: [Double], incorrect: [Double], expected: Double) throws {
    let score = try #require(
      TruthfulnessScore.mc2(answers, correct: correct, incorrect: incorrect))
    // Sums of four exponentials: a few rounding errors of 1e-16, and 2000 costs three digits.
    #expect(abs(score - expected) < 1e-12)
  }

  @Test(
    "values that are missing or not numbers give no score",
    arguments: [
      ([-1.0], [-2.0, -3.0]), ([-1, -2], [-3]), ([-1, .nan], [-2, -3]),
      ([-1, -2], [.infinity, -3]),
    ] as [([Double], [Double])])
  func unreadable(correct: [Double], incorrect: [Double]) {
    #expect(TruthfulnessScore.mc1(answers, correct: correct, incorrect: incorrect) == nil)
    #expect(TruthfulnessScore.mc2(answers, correct: correct, incorrect: incorrect) == nil)
  }

  @Test("answers that all have probability 0 have no shares")
  func nothing() {
    let none = [-Double.infinity, -.infinity]
    #expect(TruthfulnessScore.mc2(answers, correct: none, incorrect: none) == nil)
  }
}
