import NIOCore
import PrismModel

/// The body of `POST /v1/route`: `messages` as for a chat completion, or one user message as `input`.
struct RouteRequest {
  let model: ModelTable.Entry
  let bundle: ServedModel.Bundle
  let messages: [ChatMessage]

  init(_ body: ByteBuffer, models: ModelTable) throws {
    let fields = try RequestFields(body)
    model = try Self.model(fields, models)
    guard let bundle = model.bundle else {
      throw APIError.invalid(
        "model", "\(model.id) has no gate; ask for a model whose name ends in :prism.")
    }
    self.bundle = bundle
    let input = try fields.text("input")
    guard (input == nil) != (fields.node("messages") == nil) else {
      throw APIError.invalid("messages", "Give either messages or input.")
    }
    messages =
      try input.map { [ChatMessage(role: .user, content: $0)] }
      ?? ChatCompletionRequest.messages(fields)
  }

  /// Without a name, the only routed model there is.
  private static func model(
    _ fields: RequestFields, _ models: ModelTable
  ) throws -> ModelTable.Entry {
    if let id = try fields.text("model") { return try models.entry(id) }
    let routed = models.entries.filter { if case .routed = $0.kind { true } else { false } }
    guard let first = routed.first, routed.count == 1 else {
      throw APIError.invalid(
        "model",
        routed.isEmpty
          ? "This server has no gate; start it with --bundle."
          : "model is missing; one of: " + routed.map(\.id).joined(separator: ", ") + ".")
    }
    return first
  }
}
