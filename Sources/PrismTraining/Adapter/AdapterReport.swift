/// What adapter training did, as numbers. KL in nats at the training temperature, times T², mean per
/// answer token; under `AdapterObjective.answers` cross-entropy with the answer instead.
public struct AdapterReport: Codable, Hashable, Sendable {
  /// Held-out examples and their answer tokens.
  public var heldOutCount: Int
  public var heldOutTokens: Int
  /// Mean KL on held-out examples with the adapter at zero and after training; absent without any.
  public var heldOutKLBefore: Double?
  public var heldOutKLAfter: Double?
  /// Share of held-out answer positions where student and teacher prefer the same token.
  public var heldOutTop1AgreementBefore: Double?
  public var heldOutTop1AgreementAfter: Double?
  /// Held-out KL after each epoch.
  public var heldOutKLCurve: [Double]
  public var trainCount: Int
  /// Answer tokens learned from in one epoch.
  public var supervisedTokens: Int
  /// Answers cut to fit `maxTokens`.
  public var cutAnswers: Int
  public var steps: Int
  public var epochs: Int
  /// Training loss of every optimizer step, before its update.
  public var losses: [Double]
  public var trainableParameters: Int

  public var stepZeroLoss: Double? { losses.first }
  public var lastLoss: Double? { losses.last }
}
