public import PrismModel

/// A query whose persona answer won: what the teacher sees, what the student sees, and the answer.
public struct DistillExample: Hashable, Sendable {
  /// The query's identity.
  public let id: String
  /// Persona and query.
  public let teacherPrompt: RenderedPrompt
  /// The query alone.
  public let studentPrompt: RenderedPrompt
  /// The persona answer, its end token included where the model ended it.
  public let answer: [Int32]
  public let split: GateExample.Split

  public init(
    id: String, teacherPrompt: RenderedPrompt, studentPrompt: RenderedPrompt, answer: [Int32],
    split: GateExample.Split
  ) {
    self.id = id
    self.teacherPrompt = teacherPrompt
    self.studentPrompt = studentPrompt
    self.answer = answer
    self.split = split
  }
}
