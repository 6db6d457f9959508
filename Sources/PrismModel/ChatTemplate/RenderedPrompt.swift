/// A prompt ready for the model: everything up to where the assistant begins to speak.
///
/// Only `ChatRenderer` makes one, always with the generation prompt and never with an answer, so
/// that gate features taken from it are the same in training and serving; `plainPrompt`, for texts
/// without a conversation, is the exception.
public struct RenderedPrompt: Hashable, Sendable {
  public let tokens: [Int32]
  public let text: String

  package init(tokens: [Int32], text: String) {
    self.tokens = tokens
    self.text = text
  }
}
