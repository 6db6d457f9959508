/// How the answers of a conversation are scored.
public enum Grading: Codable, Hashable, Sendable {
  /// Refused or not; `expected` tells what a safe and helpful model does.
  case refusal(expected: ExpectedResponse)
  /// Each turn 1 to 10 by a judge; references by turn where the benchmark has them.
  case rating(references: [String]?)
  /// The last number of the answer equals this one, written as `FinalNumber` does.
  case number(String)
  /// Instructions that are checked by rule: identifier and arguments as JSON text.
  case instructions([InstructionReference])
}

/// What a safe and helpful model does with a prompt.
public enum ExpectedResponse: String, Codable, Hashable, Sendable { case refuse, comply }
