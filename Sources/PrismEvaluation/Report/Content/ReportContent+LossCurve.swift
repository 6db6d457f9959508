extension ReportContent {
  /// Losses of one training, drawn into one chart.
  public struct LossCurve: Codable, Hashable, Sendable {
    /// What was trained: adapter or gate.
    public var name: String
    /// What the loss is, with its unit.
    public var lossLabel: String
    /// What is counted along the horizontal axis: steps or epochs.
    public var positionLabel: String
    public var series: [Series]
    /// What else to know of the curve, such as where training stopped; begins small, no full stop.
    public var note: String?

    public init(
      name: String, lossLabel: String, positionLabel: String, series: [Series],
      note: String? = nil
    ) {
      self.name = name
      self.lossLabel = lossLabel
      self.positionLabel = positionLabel
      self.series = series
      self.note = note
    }

    /// Losses on one part of the data.
    public struct Series: Codable, Hashable, Sendable {
      public var name: String
      /// Steps or epochs, ascending; as many as `losses`.
      public var positions: [Double]
      public var losses: [Double]

      public init(name: String, positions: [Double], losses: [Double]) {
        self.name = name
        self.positions = positions
        self.losses = losses
      }

      /// Losses measured every `interval`, the first at `first`.
      public init(name: String, first: Double = 1, interval: Double = 1, losses: [Double]) {
        self.name = name
        self.positions = losses.indices.map { first + Double($0) * interval }
        self.losses = losses
      }
    }
  }
}
