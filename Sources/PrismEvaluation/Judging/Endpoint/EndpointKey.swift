import Foundation

/// A key for an endpoint. It goes into the request's header and nowhere else: printing, dumping or
/// interpolating it shows the name of its environment variable.
public struct EndpointKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// Shorter values are the placeholders of local servers, and hiding them would mangle texts.
  private static let shortestSecret = 8

  private let value: String
  /// The environment variable the key was read from, for messages.
  public let variable: String

  /// `value` is the variable's value; white space around it is dropped.
  /// Throws `EvaluationError.judgeSetting` when it is empty or cannot stand in a header.
  public init(_ value: String, variable: String) throws {
    let trimmed = value.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !trimmed.isEmpty else {
      throw EvaluationError.judgeSetting(name: "key", problem: "\(variable) is empty")
    }
    guard trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw EvaluationError.judgeSetting(
        name: "key", problem: "\(variable) holds spaces or characters that are not plain ASCII")
    }
    self.value = trimmed
    self.variable = variable
  }

  package var authorization: String { "Bearer " + value }

  /// The text with every occurrence of the key replaced: a server may send back what it was sent.
  package func hidden(in text: String) -> String {
    guard value.utf8.count >= Self.shortestSecret else { return text }
    return text.replacingOccurrences(of: value, with: "(key)", options: .caseInsensitive)
  }

  public var description: String { "(key from \(variable))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["variable": variable]) }
}
