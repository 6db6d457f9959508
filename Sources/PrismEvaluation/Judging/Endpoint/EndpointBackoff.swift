package import Foundation

/// How long to wait before the next attempt.
package struct EndpointBackoff: Sendable {
  package let settings: EndpointJudgeSettings

  package init(settings: EndpointJudgeSettings) { self.settings = settings }

  /// `attempt` counts from 1 and is the one that failed; `seed` is the request's own, so that waits
  /// do not depend on the order of requests. Never below what the server asks for, up to the cap.
  package func wait(after attempt: Int, seed: UInt64, retryAfter: String?, now: Date) -> Duration {
    let doubled = settings.firstWait * (1 << min(max(attempt - 1, 0), 20))
    let full = min(doubled, settings.longestWait)
    let wait = full * (0.5 + 0.5 * Self.share(settings.seed, seed, UInt64(attempt)))
    guard let retryAfter, let asked = Self.retryAfter(retryAfter, now: now) else { return wait }
    return max(wait, min(asked, settings.longestRetryAfter))
  }

  /// The header's value: whole seconds or an HTTP date (RFC 9110, section 10.2.3). Nil when it is
  /// neither; zero for a date that has passed.
  package static func retryAfter(_ value: String, now: Date) -> Duration? {
    let text = value.trimmingCharacters(in: .whitespaces)
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      // More digits than fit mean longer than any cap.
      return .seconds(min(Int64(text) ?? .max, 1 << 40))
    }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    // The form in use and the two obsolete ones a recipient has to accept.
    for format in [
      "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
      "EEE MMM d HH:mm:ss yyyy",
    ] {
      formatter.dateFormat = format
      if let date = formatter.date(from: text) {
        return .seconds(min(max(date.timeIntervalSince(now), 0), 1e12))
      }
    }
    return nil
  }

  /// A number in 0 ..< 1 that depends on the three values alone (SplitMix64's finalizer).
  private static func share(_ seed: UInt64, _ request: UInt64, _ attempt: UInt64) -> Double {
    var bits = seed
    for value in [request, attempt] {
      bits = (bits ^ value) &+ 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      bits ^= bits >> 31
    }
    return Double(bits >> 11) / Double(1 << 53)
  }
}
