/// Limits of the batching generator.
public struct GeneratorSettings: Codable, Hashable, Sendable {
  /// Sequences decoded together. Range 1...256.
  public var maximumBatch: Int
  /// Rows (tokens) of one forward pass; longer prompts are read in pieces of this size. Range 64...8192.
  public var maximumRows: Int
  /// Positions that all key-value caches together may hold, beyond one sequence, which always fits.
  public var cacheTokens: Int

  public init(maximumBatch: Int = 32, maximumRows: Int = 1024, cacheTokens: Int = 32768) {
    self.maximumBatch = maximumBatch
    self.maximumRows = maximumRows
    self.cacheTokens = cacheTokens
  }

  func validate() throws {
    guard (1...256).contains(maximumBatch) else {
      throw ModelError.invalidSetting(
        name: "maximumBatch", value: "\(maximumBatch)", allowed: "1 to 256")
    }
    guard (64...8192).contains(maximumRows) else {
      throw ModelError.invalidSetting(
        name: "maximumRows", value: "\(maximumRows)", allowed: "64 to 8192")
    }
    guard cacheTokens >= 1 else {
      throw ModelError.invalidSetting(name: "cacheTokens", value: "\(cacheTokens)", allowed: "at least 1")
    }
  }
}

extension SamplingParameters {
  /// Throws `ModelError.invalidSetting` for the first value out of range.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: String, _ allowed: String) throws {
      guard holds else { throw ModelError.invalidSetting(name: name, value: value, allowed: allowed) }
    }
    try check((0...10).contains(temperature), "temperature", "\(temperature)", "0 to 10")
    try check(topP > 0 && topP <= 1, "topP", "\(topP)", "above 0, at most 1")
    try check(topK >= 0, "topK", "\(topK)", "0 (all) or more")
    try check(minP >= 0 && minP < 1, "minP", "\(minP)", "0 up to, not including, 1")
    try check(maxTokens >= 1, "maxTokens", "\(maxTokens)", "1 or more")
    try check(!stop.contains(""), "stop", "an empty string", "strings of at least one character")
  }
}
