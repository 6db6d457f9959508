/// Turns messages into prompts with the model's own chat template and tokenizer.
///
/// Contents never become control tokens: a user who types `<|im_end|>` gets its characters.
public struct ChatRenderer: Sendable {
  /// Whether the template puts a system message into the prompt. Where it does not, the system
  /// text stands at the head of the first user turn, as in the paper.
  public let supportsSystemRole: Bool

  private let template: ChatTemplate
  public let tokenizer: any Tokenizer
  private let controlTokens: ControlTokenGuard
  private let beginText: String
  private let endText: String

  /// Throws `ModelError.noChatTemplate` without a template and `ModelError.template` when it does
  /// not parse.
  public init(template: String?, tokenizer: any Tokenizer) throws {
    guard let template else { throw ModelError.noChatTemplate }
    self.template = try ChatTemplate(source: template)
    self.tokenizer = tokenizer
    controlTokens = ControlTokenGuard(controlTokens: tokenizer.controlTokens)
    beginText = tokenizer.beginToken.map { Self.text(of: $0, in: tokenizer) } ?? ""
    endText = Self.text(of: tokenizer.endToken, in: tokenizer)
    supportsSystemRole = Self.showsSystemMessage(self.template, beginText, endText)
  }

  private static func text(of id: Int32, in tokenizer: any Tokenizer) -> String {
    tokenizer.controlTokens[id] ?? String(decoding: tokenizer.bytes(of: id), as: UTF8.self)
  }

  /// Renders a probe; a template that throws or drops the system text has no system role.
  private static func showsSystemMessage(
    _ template: ChatTemplate, _ beginText: String, _ endText: String
  ) -> Bool {
    let probe = "prism-system-probe"
    let messages = [
      ChatMessage(role: .system, content: probe), ChatMessage(role: .user, content: "query"),
    ]
    let rendered = try? template.render(
      messages: messages, beginToken: beginText, endToken: endText, addGenerationPrompt: true)
    return rendered?.contains(probe) ?? false
  }

  /// The prompt after which the assistant answers the last message. No begin token is added beyond
  /// what the template writes.
  ///
  /// Throws `ModelError.invalidSetting` when there is no message or the last one is the
  /// assistant's, and `ModelError.template` when the template refuses the messages.
  public func prompt(_ messages: [ChatMessage]) throws -> RenderedPrompt {
    guard let last = messages.last, last.role != .assistant else {
      throw ModelError.invalidSetting(
        name: "the conversation", value: messages.isEmpty ? "empty" : "ended by the assistant",
        allowed: "messages of which the last is not the assistant's")
    }
    let folded = supportsSystemRole ? messages : Self.foldingSystem(messages)
    let marker = try ControlTokenGuard.marker(absentFrom: folded.map(\.content))
    let guarded = folded.map { message in
      ChatMessage(
        role: message.role, content: controlTokens.breaking(message.content, with: marker))
    }
    let rendered = try template.render(
      messages: guarded, beginToken: beginText, endToken: endText, addGenerationPrompt: true)
    return controlTokens.encode(rendered, marker: marker, tokenizer: tokenizer)
  }

  /// The prompt for one query, with or without a persona. Without one only the query is given to
  /// the template, which may add its model's default system text: that is the model's own base
  /// behaviour.
  public func prompt(system: String?, user: String) throws -> RenderedPrompt {
    let query = ChatMessage(role: .user, content: user)
    guard let system else { return try prompt([query]) }
    return try prompt([ChatMessage(role: .system, content: system), query])
  }

  /// Puts each system text, followed by a blank line, at the head of the user turn behind it; one
  /// with no user turn behind it becomes a user turn.
  private static func foldingSystem(_ messages: [ChatMessage]) -> [ChatMessage] {
    var result: [ChatMessage] = []
    var pending: [String] = []
    for message in messages {
      switch message.role {
      case .system: pending.append(message.content)
      case .user where !pending.isEmpty:
        let content = (pending + [message.content]).joined(separator: "\n\n")
        result.append(ChatMessage(role: .user, content: content))
        pending = []
      case .user, .assistant: result.append(message)
      }
    }
    if !pending.isEmpty {
      result.append(ChatMessage(role: .user, content: pending.joined(separator: "\n\n")))
    }
    return result
  }
}
