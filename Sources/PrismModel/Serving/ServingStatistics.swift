/// Where the engine stands, and what it has done since it started.
public struct ServingStatistics: Hashable, Sendable {
  /// Requests waiting, and requests in the batch.
  public package(set) var queued = 0
  public package(set) var active = 0
  /// Requests that were answered to their end.
  public package(set) var finished = 0
  /// Requests whose reader went away.
  public package(set) var cancelled = 0
  /// Requests past their deadline.
  public package(set) var expired = 0
  /// Requests that failed for any other reason.
  public package(set) var failed = 0
  /// Prompt tokens read by all layers; those kept from earlier requests are not among them.
  public package(set) var promptTokens = 0
  public package(set) var cachedPromptTokens = 0
  public package(set) var generatedTokens = 0
  /// Tokens guessed and read, and those of them that were then drawn.
  public package(set) var draftedTokens = 0
  public package(set) var acceptedDraftTokens = 0
  /// Forward passes with rows of prompts or answers.
  public package(set) var steps = 0
  /// Answers begun by the base model, and by each bundle's adapter.
  public package(set) var baseAnswers = 0
  public package(set) var adapterAnswers: [String: Int] = [:]
  /// Decisions of each bundle's gate, in shadow mode and `probability(of:bundle:)` too.
  public package(set) var decisions: [String: Int] = [:]
  /// Blocks of 64 positions of keys and values: held by sequences and kept prefixes, those that kept
  /// prefixes may share with others, and the limit of all.
  public package(set) var keyValueBlocksUsed = 0
  public package(set) var keyValueBlocksKept = 0
  public package(set) var keyValueBlocksTotal = 0

  package init() {}
}
