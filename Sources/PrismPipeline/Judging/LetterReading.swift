import Foundation

/// What the judge's next token says in one order of the answers. Natural logs.
public struct LetterReading: Codable, Hashable, Sendable {
  /// log p(A), the first answer.
  public let logA: Float
  /// log p(B), the second answer.
  public let logB: Float

  public init(logA: Float, logB: Float) {
    self.logA = logA
    self.logB = logB
  }

  /// log p(A) - log p(B), in nats; above 0 favours the answer that stands first.
  public var logOdds: Double { Double(logA) - Double(logB) }
  /// p(A) + p(B). Range 0...1 up to rounding.
  public var mass: Double { exp(Double(logA)) + exp(Double(logB)) }
}
