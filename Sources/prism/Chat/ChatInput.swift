import PrismModel

/// What a line typed into `prism chat` means.
enum ChatInput: Equatable {
  case message(String)
  case help
  case quit
  case reset
  /// Set the system prompt; an empty one takes it away.
  case system(String)
  /// Set who decides the route; nil shows it.
  case route(RoutePolicy?)
  case unknown(String)
  case nothing

  init(_ line: String) {
    let text = line.trimmed
    guard text.hasPrefix("/") else {
      self = text.isEmpty ? .nothing : .message(text)
      return
    }
    let parts = text.split(separator: " ", maxSplits: 1)
    let argument = parts.count > 1 ? String(parts[1]).trimmed : ""
    switch parts.first {
    case "/help", "/?": self = .help
    case "/quit", "/exit", "/bye": self = .quit
    case "/reset": self = .reset
    case "/system": self = .system(argument)
    case "/route" where argument.isEmpty: self = .route(nil)
    case "/route":
      self = RoutePolicy(rawValue: argument).map(ChatInput.route) ?? .unknown(text)
    default: self = .unknown(text)
    }
  }

  static let helpText = """
    /route auto|base|adapter   who decides the route
    /system TEXT               set the system prompt and start anew; without TEXT take it away
    /reset                     forget the conversation
    /quit                      leave (or Ctrl-D); Ctrl-C cuts an answer short
    """
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
