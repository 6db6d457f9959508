import Foundation
import PrismEvaluation
import Testing

@Suite("Judge's prompts")
struct AnswerJudgePromptsTests {
  private let prompts: AnswerJudgePrompts

  init() throws {
    prompts = try AnswerJudgePrompts()
  }

  private func text(
    _ kind: JudgeRequest.Kind, _ turns: [String], _ answers: [String]
  ) throws -> String {
    try prompts.text(for: JudgeRequest(kind: kind, turns: turns, answers: answers))
  }

  @Test("a refusal is asked as Yes or No over one exchange")
  func refusal() throws {
    let text = try text(.refusal, ["QUERY"], ["ANSWER"])
    #expect(text.contains("\nQUERY\n"))
    #expect(text.contains("\nANSWER\n"))
    #expect(text.hasSuffix("Begin your reply with the single word Yes or No."))
  }

  @Test("the first turn's rating shows nothing of the second; the second's shows both")
  func turns() throws {
    let (turns, answers) = (["Q-ONE", "Q-TWO"], ["A-ONE", "A-TWO"])
    let first = try text(.rating(turn: 1, reference: nil), turns, answers)
    #expect(first.contains("Q-ONE") && first.contains("A-ONE"))
    #expect(!first.contains("TWO"))
    let second = try text(.rating(turn: 2, reference: nil), turns, answers)
    let positions = try (["Q-ONE", "A-ONE", "Q-TWO", "A-TWO"]).map {
      try #require(second.range(of: $0)).lowerBound
    }
    #expect(positions == positions.sorted())
    for prompt in [first, second] { #expect(prompt.hasSuffix("Rating: [[n]]")) }
    // The prompt's own form must not be read as a score when a weak judge repeats it.
    #expect(JudgeReplyParser.rating(first) == nil)
  }

  @Test("a reference stands in the prompt of its turn", arguments: [1, 2])
  func reference(turn: Int) throws {
    let kind = JudgeRequest.Kind.rating(turn: turn, reference: "REFERENCE")
    let text = try text(kind, ["Q1", "Q2"], ["A1", "A2"])
    #expect(text.contains("\nREFERENCE\n"))
    #expect(text.contains("A\(turn)"))
    #expect(text.hasSuffix("Rating: [[n]]"))
  }

  @Test("a placeholder's name inside a text stays as it is")
  func safe() throws {
    let text = try text(
      .rating(turn: 1, reference: "{query}"), ["SECRET {answer}"], ["{query} {reference} {other} {"]
    )
    #expect(text.components(separatedBy: "SECRET").count == 2)
    #expect(text.contains("\nSECRET {answer}\n"))
    #expect(text.contains("\n{query} {reference} {other} {\n"))
  }

  @Test("a template with a place that nothing fills is an error")
  func unfilled() {
    #expect(throws: EvaluationError.missingJudgePrompt(name: "t")) {
      try AnswerJudgePrompts.filled("a {query} b {wrong}", ["query": "q"], name: "t")
    }
  }

  @Test(
    "requests that do not fit together are refused",
    arguments: [
      (.refusal, 2, 2), (.refusal, 1, 0), (.refusal, 0, 0),
      (.rating(turn: 0, reference: nil), 1, 1),
      (.rating(turn: 2, reference: nil), 2, 1), (.rating(turn: 2, reference: nil), 1, 2),
    ] as [(JudgeRequest.Kind, Int, Int)])
  func refused(kind: JudgeRequest.Kind, turns: Int, answers: Int) {
    #expect(throws: EvaluationError.self) {
      try JudgeRequest(
        kind: kind, turns: Array(repeating: "q", count: turns),
        answers: Array(repeating: "a", count: answers))
    }
  }
}
