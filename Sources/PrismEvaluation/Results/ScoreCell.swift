/// A score with its 95 % bootstrap interval, in the unit of its benchmark's `ScoreScale`.
public struct ScoreCell: Codable, Hashable, Sendable {
  public var score: Double
  /// Ends of the interval, `low` at most `high`.
  public var low: Double
  public var high: Double
  /// Items that were scored.
  public var count: Int
  /// Items whose score could not be read; they are in no mean.
  public var unreadable: Int

  package init(score: Double, low: Double, high: Double, count: Int, unreadable: Int = 0) {
    self.score = score
    self.low = low
    self.high = high
    self.count = count
    self.unreadable = unreadable
  }
}
