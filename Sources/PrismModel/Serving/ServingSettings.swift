/// Limits of the serving engine.
public struct ServingSettings: Codable, Hashable, Sendable {
  /// Sequences read and written together. Range 1...256.
  public var maximumBatch: Int
  /// Requests that wait when every place in the batch is taken. Range 0...65536.
  public var queueLimit: Int
  /// Bytes of keys and values, of running sequences and kept prefixes together. Requests wait until what
  /// they may come to need is free; a sequence ends where this memory or the model's context ends.
  /// At least two blocks of 64 positions.
  public var cacheBytes: Int
  /// Share of `cacheBytes` that conversations' prefixes may hold while no request needs it. Range 0...1;
  /// 0 keeps none.
  public var prefixCacheShare: Double
  /// Prompt tokens of one step, about: they pass beside the running answers' rows, so this bounds
  /// the time between two tokens of an answer. Range 16...8192.
  public var promptTokensPerStep: Int
  /// Tokens of an answer that are guessed at most, from what is in its text already, and read along with the
  /// next one; those that are then drawn are won. Never changes an answer. Range 0...16; 0 guesses
  /// none. With fp32 weights none are guessed.
  public var draftTokens: Int
  /// Whether an answer's bits may not depend on what runs beside it, on how its prompt is cut or on what
  /// is kept. Costs speed on processors with tile units (AMX) and nothing elsewhere. It holds for bf16
  /// and 8-bit weights; in fp32 sums may still round differently in large batches. Applies to the whole
  /// process.
  public var isBatchInvariant: Bool

  public init(
    maximumBatch: Int = GeneratorSettings().maximumBatch, queueLimit: Int = 256,
    cacheBytes: Int = 1 << 30, prefixCacheShare: Double = 0.5, promptTokensPerStep: Int = 256,
    draftTokens: Int = 4, isBatchInvariant: Bool = true
  ) {
    self.maximumBatch = maximumBatch
    self.queueLimit = queueLimit
    self.cacheBytes = cacheBytes
    self.prefixCacheShare = prefixCacheShare
    self.promptTokensPerStep = promptTokensPerStep
    self.draftTokens = draftTokens
    self.isBatchInvariant = isBatchInvariant
  }

  /// Throws `ModelError.invalidSetting` for the first value out of range.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) throws {
      guard holds else {
        throw ModelError.invalidSetting(name: name, value: "\(value)", allowed: allowed)
      }
    }
    try check((1...256).contains(maximumBatch), "maximumBatch", maximumBatch, "1 to 256")
    try check((0...65536).contains(queueLimit), "queueLimit", queueLimit, "0 to 65536")
    try check(cacheBytes >= 1, "cacheBytes", cacheBytes, "at least 1")
    try check((0...1).contains(prefixCacheShare), "prefixCacheShare", prefixCacheShare, "0 to 1")
    try check(
      (16...8192).contains(promptTokensPerStep), "promptTokensPerStep", promptTokensPerStep,
      "16 to 8192")
    try check((0...16).contains(draftTokens), "draftTokens", draftTokens, "0 to 16")
  }

  /// Blocks of key-value memory of a given size. Throws where there are fewer than two.
  func blockCount(blockBytes: Int) throws -> Int {
    let count = cacheBytes / blockBytes
    guard count >= 2 else {
      throw ModelError.invalidSetting(
        name: "cacheBytes", value: "\(cacheBytes)",
        allowed: "at least \(2 * blockBytes) with this model")
    }
    return count
  }
}
