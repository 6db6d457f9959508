import PrismModel

/// Reads messages and commands, answers them, and keeps the conversation.
struct ChatLoop {
  let session: Session
  let sampling: SamplingOptions
  let json: Bool
  var route: RoutePolicy
  var conversation: Conversation
  private var lines = InputLines()
  private let printer = Printer()
  private let isInteractive = StandardStreams.isTerminal(StandardStreams.input)

  init(
    session: Session, sampling: SamplingOptions, json: Bool, route: RoutePolicy, system: String?
  ) {
    self.session = session
    self.sampling = sampling
    self.json = json
    self.route = route
    conversation = Conversation(system: system)
  }

  /// Runs until `/quit` or the end of the input. Throws `Interrupted` for Ctrl-C between answers.
  mutating func run() throws {
    if isInteractive { try say("/help lists what can be typed; Ctrl-D ends.") }
    while true {
      if isInteractive { try StandardStreams.write("> ", to: StandardStreams.error) }
      guard let line = try lines.next() else { return }
      switch ChatInput(line) {
      case .nothing: break
      case .quit: return
      case .help: try say(ChatInput.helpText)
      case .message(let text): try answer(text)
      case .reset:
        conversation.begin(system: conversation.system)
        try say("The conversation is empty.")
      case .system(let text):
        conversation.begin(system: text.isEmpty ? nil : text)
        try say(text.isEmpty ? "No system prompt any more." : "System prompt set.")
      case .route(let policy): try setRoute(policy)
      case .unknown(let text): try say("\(text) is not known; /help lists what is.")
      }
    }
  }

  private mutating func answer(_ text: String) throws {
    let prompt = try session.model.renderer.prompt(conversation.asking(text))
    let context = session.model.configuration.contextLength
    guard prompt.tokens.count < context else {
      return try say(
        "The context is full: the conversation with this message has \(prompt.tokens.count) tokens "
          + "and the model takes \(context). /reset begins a new one.")
    }
    let request = GenerationRequest(
      prompt: prompt, sampling: sampling.parameters(index: conversation.turnCount), policy: route)
    do {
      let answer = try AnswerPrinter(printer: printer, json: json)
        .stream(request, from: session.generator)
      conversation.add(question: text, answer: answer)
    } catch is Interrupted where isInteractive {
      // At a terminal Ctrl-C cuts the answer short; that turn is forgotten.
      Interruption.clear()
      try say("Stopped; the last message is forgotten.")
    }
  }

  private mutating func setRoute(_ policy: RoutePolicy?) throws {
    if policy == .adapter && session.bundle == nil {
      return try say("There is no adapter; start with --bundle.")
    }
    route = policy ?? route
    try say("The route is \(route.rawValue).")
  }

  /// Talk about the conversation, apart from the conversation.
  private func say(_ text: String) throws {
    try printer.note(Style(StandardStreams.error).dim(text))
  }
}
