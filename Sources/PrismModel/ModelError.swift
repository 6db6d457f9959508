/// Everything that can go wrong between a path and a running model, one sentence each.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened, mapped or read.
  case unreadable(path: String, reason: String)
  /// The file cannot be written completely; nothing stands under its name that was not there before.
  case unwritable(path: String, reason: String)
  /// The file's bytes contradict its own format.
  case malformed(path: String, at: String, expected: String, found: String)
  /// The file is well formed but asks for something this version cannot do.
  case unsupported(path: String, what: String, supported: String)
  /// Several things are wrong at once; every one is listed.
  case problems(path: String, [String])
  /// The tokenizer description is inconsistent or names something unknown.
  case tokenizer(what: String, expected: String, found: String)
  /// The chat template does not parse or does not run.
  case template(line: Int, column: Int, reason: String)
  /// The model's files hold no chat template.
  case noChatTemplate
  /// A prompt and the tokens asked for do not fit the model's context.
  case promptTooLong(tokenCount: Int, contextLength: Int)
  /// A setting outside its range reached the engine.
  case invalidSetting(name: String, value: String, allowed: String)
  /// Neither a path nor the name of a known model.
  case unknownModel(name: String, known: [String])
  /// A known model that is not in the cache yet.
  case notFetched(name: String)
  /// A known model cannot be brought into the cache.
  case fetch(what: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason)"
    case .malformed(let path, let at, let expected, let found):
      "\(path) is damaged or hostile at \(at): expected \(expected), found \(found); fetch or convert it again"
    case .unsupported(let path, let what, let supported):
      "\(path) needs \(what), which is not supported (supported: \(supported))"
    case .problems(let path, let problems):
      "\(path) has \(problems.count) problem\(problems.count == 1 ? "" : "s"): "
        + problems.joined(separator: "; ")
    case .tokenizer(let what, let expected, let found):
      "the tokenizer's \(what) is wrong: expected \(expected), found \(found)"
    case .template(let line, let column, let reason):
      "the chat template fails at line \(line), column \(column): \(reason)"
    case .noChatTemplate:
      "the model has no chat template, so it is not an instruction model: use its instruction-tuned version (often named -Instruct or -Chat), or put the template into the model's folder as chat_template.jinja"
    case .promptTooLong(let tokenCount, let contextLength):
      "the prompt has \(tokenCount) tokens but the context holds \(contextLength) including the answer; shorten it or ask for fewer tokens"
    case .invalidSetting(let name, let value, let allowed):
      "\(name) is \(value); allowed: \(allowed)"
    case .unknownModel(let name, let known):
      "there is no file and no known model named \(name); give a path, or one of: "
        + known.joined(separator: ", ")
    case .notFetched(let name):
      "the model \(name) is not on this machine yet; fetch it with: prism models --fetch \(name)"
    case .fetch(let what, let reason):
      "cannot fetch \(what): \(reason)"
    }
  }
}
