import PrismModel

/// The turns so far, the system prompt first.
struct Conversation {
  private(set) var messages: [ChatMessage] = []
  private(set) var system: String?
  private(set) var turnCount = 0

  init(system: String?) {
    begin(system: system)
  }

  mutating func begin(system: String?) {
    self.system = system
    messages = system.map { [ChatMessage(role: .system, content: $0)] } ?? []
  }

  /// All turns and one more from the user.
  func asking(_ text: String) -> [ChatMessage] {
    messages + [ChatMessage(role: .user, content: text)]
  }

  mutating func add(question: String, answer: String) {
    messages = asking(question) + [ChatMessage(role: .assistant, content: answer)]
    turnCount += 1
  }
}
