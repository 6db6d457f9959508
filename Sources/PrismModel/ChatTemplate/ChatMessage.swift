/// One turn of a conversation.
public struct ChatMessage: Codable, Hashable, Sendable {
  public enum Role: String, Codable, Hashable, Sendable {
    case system, user, assistant
  }

  public var role: Role
  public var content: String

  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }
}
