/// An expert's description, used as a system prompt.
public struct Persona: Codable, Hashable, Sendable {
  public enum Length: String, ChoiceSetting {
    /// About 150 tokens.
    case long
    /// About 75 tokens.
    case short
    /// About 5 tokens.
    case minimum
  }

  /// Unique in a run; also the name of its file.
  public let name: String
  /// What the expert knows, in words.
  public let domain: String
  public let length: Length
  public let text: String

  public init(name: String, domain: String, length: Length, text: String) {
    self.name = name
    self.domain = domain
    self.length = length
    self.text = text
  }
}
