public import PrismModel

/// A language engine that says what a test tells it to, and counts what it was asked.
public final class ScriptedEngine: LanguageEngine {
  public let renderer: ChatRenderer
  public private(set) var processedTokenCount = 0
  /// Every generation request, in order.
  public private(set) var requests: [GenerationRequest] = []
  /// Every prompt whose next token was asked for, in order.
  public private(set) var judged: [RenderedPrompt] = []
  /// Calls to `generate` and `nextTokenLogProbabilities` together.
  public private(set) var callCount = 0
  /// The call (counted from 0) that throws `Interrupted` instead of answering.
  public var interruptedCall: Int?

  /// The text of an answer. `finishReason` is `.stop` unless the answer has `maxTokens` tokens.
  public var answer: (GenerationRequest) -> String
  /// Natural-log probabilities of the given tokens after a prompt.
  public var letters: (RenderedPrompt, [Int32]) -> [Float]

  private static let template = """
    {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] \
    + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' \
    }}{% endif %}
    """

  public init(
    answer: @escaping (GenerationRequest) -> String = { _ in "" },
    letters: @escaping (RenderedPrompt, [Int32]) -> [Float] = { _, tokens in tokens.map { _ in -1 } }
  ) throws {
    renderer = try ChatRenderer(template: Self.template, tokenizer: ByteTokenizer())
    self.answer = answer
    self.letters = letters
  }

  public func generate(
    _ requests: [GenerationRequest], onProgress: (Int) -> Continuation
  ) throws -> [GenerationResult] {
    try countCall()
    self.requests += requests
    return try requests.enumerated().map { index, request in
      let text = answer(request)
      var ids = ByteTokenizer().encode(text, parsingControlTokens: false)
      let fits = ids.count < request.sampling.maxTokens
      if fits { ids.append(257) } else { ids = Array(ids.prefix(request.sampling.maxTokens)) }
      processedTokenCount += request.prompt.tokens.count + ids.count
      let result = GenerationResult(
        text: fits ? text : String(decoding: ids.map { UInt8($0) }, as: UTF8.self), tokenIDs: ids,
        logProbabilities: ids.map { _ in -1 }, route: .base, probability: nil,
        finishReason: fits ? .stop : .length)
      if onProgress(index + 1) == .stop { throw Interrupted() }
      return result
    }
  }

  public func nextTokenLogProbabilities(
    _ prompts: [RenderedPrompt], of tokens: [Int32], onProgress: (Int) -> Continuation
  ) throws -> [[Float]] {
    try countCall()
    judged += prompts
    return try prompts.enumerated().map { index, prompt in
      processedTokenCount += prompt.tokens.count
      if onProgress(index + 1) == .stop { throw Interrupted() }
      return letters(prompt, tokens)
    }
  }

  /// One value a prompt: the number of its tokens.
  public func features(_ prompts: [RenderedPrompt], afterLayer layer: Int) throws -> [[Float]] {
    prompts.map { [Float($0.tokens.count)] }
  }

  private func countCall() throws {
    defer { callCount += 1 }
    if callCount == interruptedCall { throw Interrupted() }
  }
}
