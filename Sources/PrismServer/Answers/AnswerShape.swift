import PrismModel

/// What distinguishes the answers of the two completion endpoints.
enum AnswerShape: Sendable {
  case chat
  case plain

  var idPrefix: String {
    switch self {
    case .chat: "chatcmpl-"
    case .plain: "cmpl-"
    }
  }

  func object(isStreamed: Bool) -> String {
    switch self {
    case .chat: isStreamed ? "chat.completion.chunk" : "chat.completion"
    case .plain: "text_completion"
    }
  }

  /// - Parameter top: candidates reported at each position; nil where none are asked for.
  func logProbabilities(_ tokens: [ServingToken], top: Int?, offset: Int) -> LogProbabilities? {
    guard let top else { return nil }
    return switch self {
    case .chat: .chat(tokens, count: top)
    case .plain: .plain(tokens, count: top, offset: offset)
    }
  }

  func whole(_ index: Int, _ answer: FinishedAnswer, top: Int?) -> AnswerChoice {
    var choice = AnswerChoice(
      index: index, logprobs: Nullable(logProbabilities(answer.tokens, top: top, offset: 0)),
      finishReason: Nullable(answer.end.reason))
    switch self {
    case .chat: choice.message = .init(role: .assistant, content: answer.text)
    case .plain: choice.text = answer.text
    }
    return choice
  }

  /// The first piece of a chat answer names its role; plain completions begin with text.
  func opening(_ index: Int) -> AnswerChoice? {
    guard case .chat = self else { return nil }
    return AnswerChoice(
      index: index, delta: .init(role: .assistant, content: ""), logprobs: Nullable(nil),
      finishReason: Nullable(nil))
  }

  func piece(_ index: Int, _ text: String, _ logProbabilities: LogProbabilities?) -> AnswerChoice {
    var choice = AnswerChoice(
      index: index, logprobs: Nullable(logProbabilities), finishReason: Nullable(nil))
    switch self {
    case .chat: choice.delta = .init(content: text)
    case .plain: choice.text = text
    }
    return choice
  }

  func closing(_ index: Int, _ reason: GenerationResult.FinishReason) -> AnswerChoice {
    var choice = AnswerChoice(
      index: index, logprobs: Nullable(nil), finishReason: Nullable(reason))
    switch self {
    case .chat: choice.delta = .init()
    case .plain: choice.text = ""
    }
    return choice
  }
}

/// One answer, complete.
struct FinishedAnswer {
  var text = ""
  var tokens: [ServingToken] = []
  var end: ServingEnd
}
