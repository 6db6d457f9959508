/// Settings of the gate's training. The paper (section 3.2) names the two hidden layers, GELU,
/// binary cross-entropy and balanced classes; the rest is ours.
public struct GateTrainingConfiguration: Codable, Hashable, Sendable {
  /// Widths of the hidden layers. Each 1...8192, at most 8 of them. Paper: 128, 64.
  public var hiddenSizes: [Int] = [128, 64]
  /// Passes over the training rows at most. Range 1...100,000.
  public var epochs: Int = 200
  /// Epochs without a lower validation loss after which training stops; also the number of epochs
  /// where there are too few rows for a validation part. Range 1...100,000.
  public var patience: Int = 20
  /// Share of the training rows that only decides when to stop. Range 0..<1; 0 has none.
  public var validationShare: Double = 0.2
  /// Below this many training rows there is no validation part. Range 2...
  public var minimumRowsForValidation: Int = 10
  /// Constant learning rate of AdamW. Range above 0, up to 1.
  public var learningRate: Float = 1e-3
  /// Decoupled weight decay of AdamW. Range 0...10.
  public var weightDecay: Double = 1e-2
  /// Share of each hidden layer's values set to zero in training. Range 0..<1.
  public var dropout: Float = 0.1
  /// Rows a step. Range 1...65,536.
  public var batchSize: Int = 32
  /// A feature that varies less than this share of the mean deviation is divided by the mean
  /// deviation instead of its own. Range above 0, up to 1.
  public var deviationFloor: Float = 1e-3
  /// Probability at and above which the adapter answers. Range 0...1. Paper: 0.5.
  public var threshold: Float = 0.5
  /// Seed of the first weights, the validation part, the order of rows and dropout; 0 is a seed.
  public var seed: UInt64

  public init(seed: UInt64) {
    self.seed = seed
  }

  /// Everything outside its range; empty when all is well.
  public var problems: [String] {
    var problems: [String] = []
    func demand(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) {
      if !holds { problems.append("gate.\(name) is \(value), allowed: \(allowed)") }
    }
    demand(
      hiddenSizes.count <= 8 && hiddenSizes.allSatisfy((1...8192).contains), "hiddenSizes",
      hiddenSizes, "at most 8 widths of 1 to 8192")
    demand((1...100_000).contains(epochs), "epochs", epochs, "1 to 100000")
    demand((1...100_000).contains(patience), "patience", patience, "1 to 100000")
    demand(
      (0..<1).contains(validationShare), "validationShare", validationShare, "0 up to but not 1")
    demand(
      minimumRowsForValidation >= 2, "minimumRowsForValidation", minimumRowsForValidation,
      "2 or more")
    demand(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "above 0, up to 1")
    demand((0...10).contains(weightDecay), "weightDecay", weightDecay, "0 to 10")
    demand((0..<1).contains(dropout), "dropout", dropout, "0 up to but not 1")
    demand((1...65_536).contains(batchSize), "batchSize", batchSize, "1 to 65536")
    demand(
      deviationFloor > 0 && deviationFloor <= 1, "deviationFloor", deviationFloor,
      "above 0, up to 1")
    demand((0...1).contains(threshold), "threshold", threshold, "0 to 1")
    return problems
  }
}

extension GateTrainingConfiguration {
  /// Missing keys take their defaults, a missing seed 0.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if let found = try values.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    self.init(seed: 0)
    try read(.hiddenSizes, into: &hiddenSizes)
    try read(.epochs, into: &epochs)
    try read(.patience, into: &patience)
    try read(.validationShare, into: &validationShare)
    try read(.minimumRowsForValidation, into: &minimumRowsForValidation)
    try read(.learningRate, into: &learningRate)
    try read(.weightDecay, into: &weightDecay)
    try read(.dropout, into: &dropout)
    try read(.batchSize, into: &batchSize)
    try read(.deviationFloor, into: &deviationFloor)
    try read(.threshold, into: &threshold)
    try read(.seed, into: &seed)
  }
}
