/// Where the engine stands, and what it has done since it started.
public struct ServingStatistics: Hashable, Sendable {
  /// Requests waiting, and requests in the batch.
  public internal(set) var queued = 0
  public internal(set) var active = 0
  /// Requests that were answered to their end.
  public internal(set) var finished = 0
  /// Requests whose reader went away.
  public internal(set) var cancelled = 0
  /// Requests past their deadline.
  public internal(set) var expired = 0
  /// Requests that failed for any other reason.
  public internal(set) var failed = 0
  /// Prompt tokens read by all layers; those kept from earlier requests are not among them.
  public internal(set) var promptTokens = 0
  public internal(set) var cachedPromptTokens = 0
  public internal(set) var generatedTokens = 0
  /// Forward passes with rows of prompts or answers.
  public internal(set) var steps = 0
  /// Answers begun by the base model, and by each bundle's adapter.
  public internal(set) var baseAnswers = 0
  public internal(set) var adapterAnswers: [String: Int] = [:]
  /// Decisions of each bundle's gate, in shadow mode and `probability(of:bundle:)` too.
  public internal(set) var decisions: [String: Int] = [:]
  /// Blocks of 64 positions of keys and values: held by sequences and kept prefixes, those that kept
  /// prefixes may share with others, and the limit of all.
  public internal(set) var keyValueBlocksUsed = 0
  public internal(set) var keyValueBlocksKept = 0
  public internal(set) var keyValueBlocksTotal = 0

  package init() {}
}
