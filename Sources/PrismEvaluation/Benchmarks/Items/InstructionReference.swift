/// One instruction of a prompt that a rule can check.
public struct InstructionReference: Codable, Hashable, Sendable {
  /// Such as "length_constraints:number_words".
  public let identifier: String
  /// The JSON object of its arguments, as text with sorted keys and without nulls.
  public let arguments: String

  public init(identifier: String, arguments: String) {
    self.identifier = identifier
    self.arguments = arguments
  }
}
