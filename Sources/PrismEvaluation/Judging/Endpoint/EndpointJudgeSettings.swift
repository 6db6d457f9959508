/// How an endpoint judge asks. Only `model` and `maximumTokens` change what an answer is, and so
/// only they are part of a cached verdict's name.
public struct EndpointJudgeSettings: Codable, Hashable, Sendable {
  /// The model's name at the endpoint.
  public var model: String
  /// Longest reply in tokens.
  public var maximumTokens = 1024
  /// Requests under way at once, 1 to 64.
  public var concurrency = 4
  /// How often one request is sent at most, 1 to 20.
  public var attempts = 5
  /// From sending a request to the last byte of its answer.
  public var attemptTimeout = Duration.seconds(120)
  /// For all requests of one call together; none by default.
  public var deadline: Duration?
  /// Wait before the second attempt, doubled for each further one; half of each wait is random.
  public var firstWait = Duration.seconds(1)
  public var longestWait = Duration.seconds(30)
  /// A server that asks for a longer pause gets this one.
  public var longestRetryAfter = Duration.seconds(120)
  /// Largest answer in bytes.
  public var responseBytes = 1 << 20
  /// After so many requests in a row that failed through all attempts, the rest is not sent: the
  /// endpoint is down.
  public var failuresInARow = 8
  /// Seed of the random part of waits.
  public var seed: UInt64 = 0

  public init(model: String) {
    self.model = model
  }

  /// Throws one `EvaluationError.judgeSetting` that lists everything out of range.
  package func validate() throws {
    var problems: [String] = []
    func check(_ holds: Bool, _ problem: String) {
      if !holds { problems.append(problem) }
    }
    check(model.contains { !$0.isWhitespace }, "model is empty")
    check((1...1_000_000).contains(maximumTokens), "maximumTokens must be 1 to 1000000")
    check((1...64).contains(concurrency), "concurrency must be 1 to 64")
    check((1...20).contains(attempts), "attempts must be 1 to 20")
    check(attemptTimeout > .zero, "attemptTimeout must be above 0")
    check(deadline.map { $0 > .zero } ?? true, "deadline must be above 0")
    check(firstWait >= .zero, "firstWait must be 0 or more")
    check(longestWait >= firstWait, "longestWait must not be below firstWait")
    check(longestRetryAfter >= .zero, "longestRetryAfter must be 0 or more")
    check(responseBytes >= 1024, "responseBytes must be 1024 or more")
    check(failuresInARow >= 1, "failuresInARow must be 1 or more")
    for (name, wait) in [
      ("attemptTimeout", attemptTimeout), ("deadline", deadline ?? .zero),
      ("longestWait", longestWait), ("longestRetryAfter", longestRetryAfter),
    ] {
      check(wait <= .seconds(30 * 24 * 3600), "\(name) must be 30 days at most")
    }
    guard problems.isEmpty else {
      throw EvaluationError.judgeSetting(
        name: "settings", problem: problems.joined(separator: "; "))
    }
  }
}
