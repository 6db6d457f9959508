extension ReportContent {
  /// How well the gate does on rows it never saw.
  public struct Gate: Codable, Hashable, Sendable {
    /// What the numbers were measured on.
    public enum Rows: String, Codable, Hashable, Sendable {
      /// Queries of the run that nothing was trained on.
      case heldOutQueries
      /// Items of the evaluation's benchmarks.
      case benchmarkItems
    }

    /// Probabilities from here on route to the adapter.
    public var threshold: Double
    public var rows: Rows
    public var accuracy: Double?
    /// Accuracy of always answering the more frequent class.
    public var majorityAccuracy: Double?
    public var balancedAccuracy: Double?
    public var auroc: Double?
    /// Expected calibration error, 0 to 1.
    public var calibrationError: Double?
    /// Ascending in both rates.
    public var rocPoints: [ROCPoint]
    public var calibration: [CalibrationBin]
    /// Rows by probability.
    public var histogram: [HistogramBin]
    public var confusion: Confusion?
    /// Why numbers are absent, one sentence each.
    public var notes: [String]

    public init(
      threshold: Double, rows: Rows = .heldOutQueries, accuracy: Double? = nil,
      majorityAccuracy: Double? = nil,
      balancedAccuracy: Double? = nil, auroc: Double? = nil, calibrationError: Double? = nil,
      rocPoints: [ROCPoint] = [], calibration: [CalibrationBin] = [],
      histogram: [HistogramBin] = [], confusion: Confusion? = nil, notes: [String] = []
    ) {
      self.threshold = threshold
      self.rows = rows
      self.accuracy = accuracy
      self.majorityAccuracy = majorityAccuracy
      self.balancedAccuracy = balancedAccuracy
      self.auroc = auroc
      self.calibrationError = calibrationError
      self.rocPoints = rocPoints
      self.calibration = calibration
      self.histogram = histogram
      self.confusion = confusion
      self.notes = notes
    }
  }
}

extension ReportContent.Gate {
  /// One threshold of the receiver operating characteristic; rates 0 to 1.
  public struct ROCPoint: Codable, Hashable, Sendable {
    public var falsePositiveRate: Double
    public var truePositiveRate: Double

    public init(falsePositiveRate: Double, truePositiveRate: Double) {
      self.falsePositiveRate = falsePositiveRate
      self.truePositiveRate = truePositiveRate
    }
  }

  /// Rows whose probability lies in one interval; empty bins are not drawn.
  public struct CalibrationBin: Codable, Hashable, Sendable {
    public var meanProbability: Double
    /// Share of rows on which the adapter is right.
    public var positiveShare: Double
    public var count: Int

    public init(meanProbability: Double, positiveShare: Double, count: Int) {
      self.meanProbability = meanProbability
      self.positiveShare = positiveShare
      self.count = count
    }
  }

  /// Rows with probabilities from `low` to `high`, by the class they belong to.
  public struct HistogramBin: Codable, Hashable, Sendable {
    public var low: Double
    public var high: Double
    public var adapterCount: Int
    public var baseCount: Int

    public init(low: Double, high: Double, adapterCount: Int, baseCount: Int) {
      self.low = low
      self.high = high
      self.adapterCount = adapterCount
      self.baseCount = baseCount
    }
  }

  /// Routes taken beside routes that would have been right.
  public struct Confusion: Codable, Hashable, Sendable {
    /// What tells the right route: the judge's verdict, or the oracle.
    public var reference: String
    /// The adapter was right, and the gate routed to it; or not.
    public var adapterToAdapter: Int
    public var adapterToBase: Int
    /// Base was right, and the gate routed to the adapter all the same; or not.
    public var baseToAdapter: Int
    public var baseToBase: Int

    public init(
      reference: String, adapterToAdapter: Int, adapterToBase: Int, baseToAdapter: Int,
      baseToBase: Int
    ) {
      self.reference = reference
      self.adapterToAdapter = adapterToAdapter
      self.adapterToBase = adapterToBase
      self.baseToAdapter = baseToAdapter
      self.baseToBase = baseToBase
    }
  }
}
