/// What the stages need of a model. `Generator` is the real one; tests script their own.
public protocol LanguageEngine: AnyObject {
  /// Renders messages into prompts and answers into tokens.
  var renderer: ChatRenderer { get }
  /// Tokens read or written since the engine was made.
  var processedTokenCount: Int { get }

  /// Answers every request; results stand in the order of `requests`. Sequences share batches,
  /// each with its own seed and route. `onProgress` gets the count of finished requests.
  func generate(
    _ requests: [GenerationRequest], onProgress: (Int) -> Continuation
  ) throws -> [GenerationResult]

  /// Natural-log probability of each of `tokens` as the next token after each prompt, from the
  /// base model; nothing is sampled. Shape `[prompt, token]`.
  func nextTokenLogProbabilities(
    _ prompts: [RenderedPrompt], of tokens: [Int32], onProgress: (Int) -> Continuation
  ) throws -> [[Float]]

  /// Hidden state of each prompt's last token after `layer`, from the base model.
  /// Shape `[prompt, D]`.
  func features(_ prompts: [RenderedPrompt], afterLayer layer: Int) throws -> [[Float]]
}
