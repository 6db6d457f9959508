/// One step of progress, as numbers; rates and remaining time are the sink's sums.
public struct ProgressEvent: Codable, Hashable, Sendable {
  /// The stage's name as it stands in the run directory, such as `queries`.
  public var stage: String
  /// Items finished and items in all.
  public var done: Int
  public var total: Int
  /// Tokens processed by this stage so far.
  public var tokens: Int
  /// Training loss, where the stage has one.
  public var loss: Double?

  public init(stage: String, done: Int, total: Int, tokens: Int = 0, loss: Double? = nil) {
    self.stage = stage
    self.done = done
    self.total = total
    self.tokens = tokens
    self.loss = loss
  }
}

/// A sink's answer: go on, or finish the write in hand and stop.
public enum Continuation: Sendable {
  case more
  case stop
}

/// Receives progress and may ask the work to stop.
public typealias Reporter = (ProgressEvent) -> Continuation

/// Thrown when a reporter answered `.stop`; finished units of work are already on disk.
public struct Interrupted: Error, CustomStringConvertible, Equatable {
  public init() {}
  public var description: String { "interrupted" }
}
