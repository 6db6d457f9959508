/// Reads answers: does this one refuse, how good is that one from 1 to 10.
///
/// The model itself, another local model and an endpoint all judge through this one protocol.
public protocol AnswerJudge: Sendable {
  /// One reading a request, in the order of the requests.
  ///
  /// `progress` is called after each finished request, never twice at once; what it throws stops
  /// the work and is thrown on. Finished readings outlive that stop, a cancelled task and requests
  /// that fail, where the judge has a cache.
  /// Throws `EvaluationError` when any request has no reading.
  func verdicts(
    on requests: [JudgeRequest], progress: (JudgeProgress) throws -> Void
  ) async throws -> [AnswerReading]
}

/// How far a judge has come.
public struct JudgeProgress: Hashable, Sendable {
  /// Requests with a reading, those from the cache among them.
  public let done: Int
  /// Requests that failed for good.
  public let failed: Int
  public let total: Int
  /// Requests whose reading was in the cache.
  public let cached: Int

  public init(done: Int, failed: Int, total: Int, cached: Int) {
    self.done = done
    self.failed = failed
    self.total = total
    self.cached = cached
  }
}
