/// How the gate was trained and how it does on held-out rows.
///
/// A number that the rows at hand do not define is absent, and `notes` says why.
public struct GateReport: Codable, Hashable, Sendable {
  /// One threshold of the receiver operating characteristic.
  public struct ROCPoint: Codable, Hashable, Sendable {
    public let threshold: Float
    public let falsePositiveRate: Double
    public let truePositiveRate: Double
  }

  /// Held-out rows whose probability lies in one interval.
  public struct CalibrationBin: Codable, Hashable, Sendable {
    public let lowerBound: Double
    public let upperBound: Double
    public let count: Int
    /// 0 in an empty bin, as `positiveShare`.
    public let meanProbability: Double
    public let positiveShare: Double
  }

  /// Held-out rows of one persona.
  public struct Stratum: Codable, Hashable, Sendable {
    public let name: String
    /// Held-out rows; those labelled adapter; those the gate routes to the adapter.
    public let heldOutCount: Int
    public let positiveCount: Int
    public let routedCount: Int
    /// Absent without held-out rows.
    public let accuracy: Double?
  }

  /// What the trained gate says of one row.
  public struct Query: Codable, Hashable, Sendable {
    public let id: String
    public let split: GateExample.Split
    /// That the adapter helps, 0 to 1.
    public let probability: Float
  }

  /// Rows the gate learned from, those that only decided when to stop, and rows it never saw.
  public let trainingCount: Int
  public let validationCount: Int
  public let heldOutCount: Int
  /// Share of rows labelled adapter among training and validation rows, and among held-out rows.
  public let trainingPositiveShare: Double
  public let heldOutPositiveShare: Double?

  /// Held-out rows on the right side of the threshold.
  public let heldOutAccuracy: Double?
  /// What the more frequent class of the training and validation rows, answered always, scores on
  /// the held-out rows; a tie answers base.
  public let majorityAccuracy: Double?
  /// Mean of the held-out accuracies on either class.
  public let balancedAccuracy: Double?
  /// Area under the held-out receiver operating characteristic.
  public let auroc: Double?
  /// Expected calibration error over ten bins. The loss balances the classes, so probabilities
  /// are those of a world with as many distill as retain queries.
  public let calibrationError: Double?
  public let calibrationBins: [CalibrationBin]
  public let rocPoints: [ROCPoint]
  /// Share of held-out rows the gate routes to the adapter.
  public let routedShare: Double?
  /// Sorted by name.
  public let strata: [Stratum]

  /// Every row of both splits, by identity; absent in reports written before it was kept.
  public let queries: [Query]?

  public let threshold: Float
  public let epochCount: Int
  /// The epoch, counted from 1, whose weights were kept.
  public let bestEpoch: Int
  /// Class-weighted cross-entropy per epoch, in nats: with dropout while training, and without
  /// it on the validation part (empty without one).
  public let trainingLoss: [Double]
  public let validationLoss: [Double]
  /// Why numbers are absent, and other things to know, one sentence each.
  public let notes: [String]
}
