/// Why the serving engine does not answer a request. What is wrong with the request itself is a
/// `ModelError`.
public enum ServingError: Error, Hashable, CustomStringConvertible {
  /// As many requests wait as may. The seconds are an estimate of when half of them will be gone.
  case queueFull(retryAfterSeconds: Int)
  /// The prompt leaves no room for an answer in the context, or in the memory for keys and values.
  case promptTooLong(tokens: Int, limit: Int)
  case deadlineExceeded
  /// The engine takes no new requests, or ended before this one was answered.
  case stopping
  case unknownBundle(String, known: [String])

  public var description: String {
    switch self {
    case .queueFull(let seconds):
      "too many requests are waiting; try again in \(seconds) second\(seconds == 1 ? "" : "s")"
    case .promptTooLong(let tokens, let limit):
      "the prompt has \(tokens) tokens but this server's context holds \(limit) including the answer; shorten it"
    case .deadlineExceeded:
      "the request's time ran out before its answer was complete; ask for fewer tokens or allow more time"
    case .stopping:
      "the server is stopping; send the request again when it has restarted"
    case .unknownBundle(let name, let known):
      "there is no bundle named \(name); "
        + (known.isEmpty ? "none is loaded" : "loaded: " + known.joined(separator: ", "))
    }
  }
}
