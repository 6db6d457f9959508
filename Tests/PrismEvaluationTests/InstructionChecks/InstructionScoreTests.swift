import PrismEvaluation
import Testing

@Suite("IFEval: strict and loose")
struct InstructionScoreTests {
  @Test("the eight forms of a response")
  func variants() {
    let forms = LooseResponses.variants(of: "Sure!\n *a* \n*b*\nBye").map(\.string)
    #expect(
      forms == [
        "Sure!\n *a* \n*b*\nBye", "*a* \n*b*\nBye", "Sure!\n *a* \n*b*", "*a* \n*b*",
        "Sure!\n a \nb\nBye", "a \nb\nBye", "Sure!\n a \nb", "a \nb",
      ])
    // Of one line nothing is left; of two nothing is between.
    #expect(LooseResponses.variants(of: "a*").map(\.string) == ["a*", "", "", "", "a", "", "", ""])
    #expect(
      LooseResponses.variants(of: "a\nb").map(\.string) == [
        "a\nb", "b", "a", "", "a\nb", "b", "a", "",
      ])
    // A carriage return is no line of its own; it is stripped with the line's end.
    #expect(LooseResponses.variants(of: "a\r\nb\r\nc")[3].string == "b")
  }

  /// Response, kind, arguments, strict, loose.
  @Test(
    "what the loose score forgives",
    arguments: [
      ("Sure, here:\nNo pause", "punctuation:no_comma", "{}", false, true),
      ("No pause\nBye, now", "punctuation:no_comma", "{}", false, true),
      ("Sure, here:\nNo pause\nBye, now", "punctuation:no_comma", "{}", false, true),
      ("Sure, here:\nA, b\nBye, now", "punctuation:no_comma", "{}", false, false),
      ("**Peace!**", "startend:end_checker", #"{"end_phrase": "Peace!"}"#, false, true),
      ("Sure:\n*\"Hi\"*\nBye", "startend:quotation", "{}", false, true),
      // Dropping the only line leaves nothing, and nothing follows no instruction.
      ("A, b", "punctuation:no_comma", "{}", false, false),
      ("", "punctuation:no_comma", "{}", false, false),
      ("No pause", "punctuation:no_comma", "{}", true, true),
    ])
  func looseness(
    _ response: String, _ identifier: String, _ arguments: String, _ strict: Bool, _ loose: Bool
  ) throws {
    let check = try InstructionCheck(identifier: identifier, arguments: arguments)
    let score = InstructionScore(response: response, checks: [check])
    #expect(score.strict == [strict])
    #expect(score.loose == [loose])
  }

  @Test("prompt level wants every instruction, instruction level counts each")
  func accuracy() throws {
    let checks = [
      try InstructionCheck(identifier: "punctuation:no_comma"),
      try InstructionCheck(identifier: "startend:quotation"),
    ]
    let scores = ["\"a\"", "x,\n\"a\"", "a"].map { InstructionScore(response: $0, checks: checks) }
    #expect(scores.map(\.strict) == [[true, true], [false, false], [true, false]])
    #expect(scores.map(\.followsAllStrictly) == [true, false, false])
    #expect(scores.map(\.followsAllLoosely) == [true, true, false])
    // Strictly 1 of 3 prompts and 3 of 6 instructions; loosely 2 of 3 and 5 of 6.
    let accuracy = try #require(InstructionAccuracy(scores))
    #expect(accuracy.promptStrict == 1.0 / 3)
    #expect(accuracy.promptLoose == 2.0 / 3)
    #expect(accuracy.instructionStrict == 3.0 / 6)
    #expect(accuracy.instructionLoose == 5.0 / 6)
    #expect(InstructionAccuracy([]) == nil)
  }
}
