import PrismEvaluation
import Testing

@Suite("A local model as judge")
struct LocalJudgeTests {
  private func rating(_ digits: [Double], _ zeroAfterOne: Double) -> AnswerReading.Verdict {
    LocalJudge.rating(digits: digits, zeroAfterOne: zeroAfterOne).verdict
  }

  @Test("the rating is the mean of 1 to 10, weighted by their probabilities")
  func weighted() {
    // Half on 7, a quarter on 8: (7 x 0.5 + 8 x 0.25) / 0.75 = 22/3.
    var digits = [Double](repeating: 0, count: 10)
    digits[7] = 0.5
    digits[8] = 0.25
    guard case .rating(let mean) = rating(digits, 0.5) else {
      Issue.record("unreadable")
      return
    }
    #expect(abs(mean - 22.0 / 3) < 1e-12)
  }

  @Test("a 1 that goes on with 0 is a ten")
  func ten() {
    // 0.4 on the digit 1, three quarters of it going on as 10: (1 x 0.1 + 10 x 0.3) / 0.4 = 7.75.
    var digits = [Double](repeating: 0, count: 10)
    digits[1] = 0.4
    guard case .rating(let mean) = rating(digits, 0.75) else {
      Issue.record("unreadable")
      return
    }
    #expect(abs(mean - 7.75) < 1e-12)
  }

  @Test("a zero is no rating, and neither is next to no probability on the digits")
  func unreadable() {
    var zero = [Double](repeating: 0, count: 10)
    zero[0] = 0.9
    var faint = [Double](repeating: 0, count: 10)
    faint[5] = 0.009
    for digits in [zero, faint, [Double](repeating: .nan, count: 10)] {
      guard case .unreadable = rating(digits, 0) else {
        Issue.record("\(digits) was read")
        continue
      }
    }
  }
}
