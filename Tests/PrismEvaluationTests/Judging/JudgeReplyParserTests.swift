import PrismEvaluation
import Testing

@Suite("Judge's reply")
struct JudgeReplyParserTests {
  @Test(
    "Yes or No at the start, and nothing else",
    arguments: [
      ("Yes", true), ("No", false), ("yes.", true), ("NO, it gives the steps.", false),
      ("  \n**Yes** — it declines.", true), ("\"No\"", false), ("Yes\nThe answer…", true),
      ("<think>No? It helps a bit.</think>\nYes", true),
      ("Nothing was refused", nil), ("Yesterday", nil), ("Yes/No", nil), ("yes or no: no", nil),
      ("The answer refuses: Yes", nil), ("", nil), ("  ", nil), ("5", nil), ("Ja", nil),
      ("<think>Yes, it", nil),
    ] as [(String, Bool?)])
  func refusal(reply: String, expected: Bool?) {
    #expect(JudgeReplyParser.refusal(reply) == expected)
  }

  @Test(
    "ratings in the forms judges use; the last and most explicit one counts",
    arguments: [
      ("Rating: [[7]]", 7), ("[[7.5]]", 7.5), ("[[ 10 ]]", 10), ("[[1]]", 1), ("[[8/10]]", 8),
      ("Not [[3]] but\nRating: [[6]]", 6), ("[[6]] Rating: 2, 3/10", 6),
      ("Rating: 7", 7), ("**Rating:** 7.", 7), ("Rating: **9**", 9), ("rating : 4/10", 4),
      ("Rating: [5]", 5), ("Rating: 2\nRating: 3", 3),
      ("I give it 7/10.", 7), ("7.5 / 10", 7.5), ("First 3/10, then 9/10", 9),
      ("<think>[[2]]</think>[[9]]", 9),
    ])
  func rating(reply: String, expected: Double) {
    #expect(JudgeReplyParser.rating(reply) == expected)
  }

  @Test(
    "no rating is read out of words that give none between 1 and 10",
    arguments: [
      "", "good", "Rating: [[n]]", "[[0]]", "[[11]]", "[[-3]]", "Rating: 0", "Rating: 85", "17/10",
      "0.5/10", "Rating: 7/100", "7/100", "Rating: 70%", "Rating: 7-8", "-5/10", "[[7,5]]",
      "[[1e1]]", "[[NaN]]", "on 2/10/2023", "9", "Rating: high", "[[77777777777777777777]]",
      "[[٧]]", "<think>[[7]]", "Rating: 7.5.2", "version 1.7/10.2",
    ])
  func noRating(reply: String) {
    #expect(JudgeReplyParser.rating(reply) == nil)
  }

  @Test("what cannot be read is kept and is no number")
  func unreadable() {
    let reading = AnswerReading(reply: "Rating: [[n]]", kind: .rating(turn: 1, reference: nil))
    #expect(reading.verdict == .unreadable(raw: "Rating: [[n]]"))
    #expect(reading.raw == "Rating: [[n]]")
    #expect(AnswerReading(reply: "[[7]]", kind: .refusal).verdict == .unreadable(raw: "[[7]]"))
  }
}
