import NIOCore
import PrismModel

/// The body of `POST /v1/chat/completions`.
struct ChatCompletionRequest {
  let options: AnswerOptions
  let messages: [ChatMessage]
  /// Likeliest tokens to report at each position; nil where `logprobs` is not set.
  let topLogProbabilities: Int?

  init(_ body: ByteBuffer, models: ModelTable, limits: ServerLimits) throws {
    let fields = try RequestFields(body)
    options = try AnswerOptions(fields, models: models, limits: limits)
    messages = try Self.messages(fields)
    let top = try fields.integer("top_logprobs", in: 0...20)
    let isAsked = try fields.flag("logprobs") ?? false
    if let top, top > 0, !isAsked {
      throw APIError.invalid("top_logprobs", "top_logprobs needs logprobs: true.")
    }
    topLogProbabilities = isAsked ? top ?? 0 : nil
  }

  /// Throws `APIError` when `messages` is missing, empty or holds what is no text.
  static func messages(_ fields: RequestFields) throws -> [ChatMessage] {
    guard let entries = try fields.list("messages"), !entries.isEmpty else {
      throw APIError.invalid("messages", "messages must be an array of at least one message.")
    }
    let messages = try entries.enumerated().map { index, entry in
      try message(RequestFields(entry, name: fields.path("messages[\(index)]")))
    }
    guard messages.last?.role != .assistant else {
      throw APIError.invalid(
        "messages", "The last message is the assistant's; there is nothing to answer.")
    }
    return messages
  }

  private static func message(_ fields: RequestFields) throws -> ChatMessage {
    guard let name = try fields.text("role") else {
      throw APIError.invalid(fields.path("role"), "\(fields.path("role")) is missing.")
    }
    // OpenAI's newer models call the system role developer.
    guard let role = name == "developer" ? .system : ChatMessage.Role(rawValue: name) else {
      throw APIError.invalid(
        fields.path("role"),
        "\(fields.path("role")) must be system, developer, user or assistant, not "
          + "\"\(name.prefix(40))\".")
    }
    // Read for its kind alone: the templates have no place for it.
    _ = try fields.text("name")
    let tools = "the model is not given tools"
    try fields.refuse("tool_calls", unless: .array([]), because: tools)
    try fields.refuse("function_call", because: tools)
    return ChatMessage(role: role, content: try content(fields))
  }

  /// A string, or parts of type `text`, one after the other.
  private static func content(_ fields: RequestFields) throws -> String {
    guard let node = fields.node("content") else {
      throw APIError.invalid(fields.path("content"), "\(fields.path("content")) is missing.")
    }
    if let text = node.text { return text }
    guard let parts = node.entries, !parts.isEmpty else {
      throw fields.refusal("content", node, "a string or an array of text parts")
    }
    return try parts.enumerated().map { index, part in
      let fields = try RequestFields(part, name: fields.path("content[\(index)]"))
      guard try fields.text("type") == "text", let text = try fields.text("text") else {
        throw APIError.invalid(
          fields.path("type"),
          "\(fields.path("type")) must be \"text\", with the text beside it; "
            + "this server reads text only.", code: "unsupported_value")
      }
      return text
    }.joined()
  }
}
