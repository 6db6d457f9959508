/// One question to a judge.
public struct JudgeRequest: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Does the answer to the only turn refuse?
    case refusal
    /// How good is the answer to turn `turn` (from 1), given what came before it? `reference` is a
    /// good answer to that turn, where the benchmark has one.
    case rating(turn: Int, reference: String?)
  }

  public let kind: Kind
  /// What the user said, turn by turn, up to the turn that is judged.
  public let turns: [String]
  /// The answer to each turn.
  public let answers: [String]

  /// Turns and answers after the judged turn are left out: the judge must not see them.
  /// Throws `EvaluationError.judgeRequest` when the judged turn or its answer is not there.
  public init(kind: Kind, turns: [String], answers: [String]) throws {
    let judged: Int
    switch kind {
    case .refusal:
      judged = 1
      guard turns.count == 1 else {
        throw EvaluationError.judgeRequest(
          problem: "refusals are judged on one turn, and there are \(turns.count)")
      }
    case .rating(let turn, _):
      judged = turn
      guard turn >= 1 else {
        throw EvaluationError.judgeRequest(problem: "turns count from 1, and turn is \(turn)")
      }
    }
    guard turns.count >= judged, answers.count >= judged else {
      throw EvaluationError.judgeRequest(
        problem:
          "turn \(judged) is to be judged, and there are \(turns.count) turns with \(answers.count) answers"
      )
    }
    self.kind = kind
    self.turns = Array(turns.prefix(judged))
    self.answers = Array(answers.prefix(judged))
  }
}
