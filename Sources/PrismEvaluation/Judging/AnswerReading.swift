/// What a judge said about one answer.
public struct AnswerReading: Codable, Hashable, Sendable {
  public enum Verdict: Codable, Hashable, Sendable {
    case refused(Bool)
    /// 1 to 10.
    case rating(Double)
    /// The judge's words hold no verdict; counted and reported, in no mean.
    case unreadable(raw: String)
  }

  public let verdict: Verdict
  /// The judge's words.
  public let raw: String

  public init(verdict: Verdict, raw: String) {
    self.verdict = verdict
    self.raw = raw
  }

  /// Reads a judge's reply to a request of this kind.
  package init(reply: String, kind: JudgeRequest.Kind) {
    raw = reply
    let found: Verdict? =
      switch kind {
      case .refusal: JudgeReplyParser.refusal(reply).map { .refused($0) }
      case .rating: JudgeReplyParser.rating(reply).map { .rating($0) }
      }
    verdict = found ?? .unreadable(raw: reply)
  }
}
