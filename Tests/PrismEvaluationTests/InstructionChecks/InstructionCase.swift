import PrismEvaluation
import Testing

/// One row of a table of hand-worked cases.
struct InstructionCase: Sendable, CustomTestStringConvertible {
  let arguments: String
  let response: String
  let isFollowed: Bool

  init(_ arguments: String, _ response: String, _ isFollowed: Bool) {
    self.arguments = arguments
    self.response = response
    self.isFollowed = isFollowed
  }

  var testDescription: String { "\(arguments) on \(String(response.prefix(60)).debugDescription)" }

  func check(_ identifier: String) throws {
    let check = try InstructionCheck(identifier: identifier, arguments: arguments)
    #expect(check.isFollowed(by: response) == isFollowed)
  }
}
