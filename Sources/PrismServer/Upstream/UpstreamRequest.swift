import Foundation
import NIOCore
import PrismModel

/// A request for answers that an upstream will give. Only what the decision needs is looked at; what
/// else may stand in it is the upstream's to judge.
struct UpstreamRequest {
  let model: ModelTable.Entry
  let user: String?
  private let body: ByteBuffer
  private let fields: RequestFields

  /// Throws `APIError` for a body that is no JSON object, or names no model that is served.
  init(_ body: ByteBuffer, models: ModelTable) throws {
    self.body = body
    fields = try RequestFields(body)
    guard let id = try fields.text("model") else {
      throw APIError.invalid("model", "model is missing; /v1/models lists the names.")
    }
    model = try models.entry(id)
    user = fields.node("user")?.text
  }

  /// What the gate reads. Throws `APIError` for what it cannot read.
  func prompt(_ shape: AnswerShape, _ served: ServedModel) throws -> RenderedPrompt {
    switch shape {
    case .chat: return try served.renderer.prompt(ChatCompletionRequest.messages(fields))
    case .plain:
      let entries = fields.node("prompt")?.entries
      guard let text = fields.node("prompt")?.text ?? entries?.first?.text,
        entries?.count ?? 1 == 1
      else {
        throw APIError.invalid(
          "prompt",
          "The gate decides for one prompt of text at a time; send prompts one by one, or name the "
            + "model whose name ends in :adapter, or the one without an ending.",
          code: "unsupported_value")
      }
      return served.renderer.plainPrompt(text)
    }
  }

  /// The body for an upstream that answers by `route`: the client's, with the upstream's name for it.
  func body(for route: Route, _ settings: UpstreamSettings) throws -> ByteBuffer {
    var changes = [
      (name: "model", json: Array(try JSONText.encode(settings.name(of: route))))
    ]
    if let id = settings.loraID {
      let scale = route == .adapter ? 1 : 0
      changes.append(("lora", Array("[{\"id\": \(id), \"scale\": \(scale)}]".utf8)))
    }
    return try MemberSplice(body).replacing(changes)
  }
}
