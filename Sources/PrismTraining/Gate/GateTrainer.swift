public import PrismModel
public import PrismRouter
import PrismTensor

/// Trains the gate from the verdicts on the queries. Same rows, same settings: same bytes.
///
/// Goes past the paper: standardised features, a validation part that stops training, and every
/// figure from held-out rows.
public struct GateTrainer: Sendable {
  public let configuration: GateTrainingConfiguration
  /// The layer the features were taken after.
  public let layer: Int

  /// Independent random streams of one training run.
  private enum Stream: UInt64 {
    case weights = 1
    case validation, order, dropout
  }

  public init(configuration: GateTrainingConfiguration, layer: Int) {
    self.configuration = configuration
    self.layer = layer
  }

  /// - Parameters:
  ///   - examples: rows of both splits, in any order.
  ///   - onEpoch: gets the count of finished epochs and the training loss.
  /// - Throws: `TrainingError` when no gate can be learned from the rows; `Interrupted` when
  ///   `onEpoch` says stop.
  public func train(
    _ examples: [GateExample], onEpoch: (Int, Double) -> Continuation = { _, _ in .more }
  ) throws -> (gate: Gate, report: GateReport) {
    let problems = configuration.problems
    guard problems.isEmpty else { throw TrainingError.invalidSettings(problems) }
    let rows = examples.sorted { $0.id < $1.id }
    let training = rows.filter { $0.split == .train }
    try check(rows, training: training)

    let isValidation = validationRows(of: training)
    let fitted = zip(training, isValidation).filter { !$1 }.map(\.0)
    let statistics = FeatureStatistics(
      rows: fitted.map(\.features), floor: configuration.deviationFloor)
    let run = GateTrainingRun(
      configuration: configuration,
      training: GateRows(fitted, statistics: statistics),
      validation: GateRows(
        zip(training, isValidation).filter { $1 }.map(\.0), statistics: statistics))
    var network = GateNetwork(
      featureCount: statistics.mean.count, hiddenSizes: configuration.hiddenSizes)
    initialise(&network)
    let history = try run.fit(
      &network,
      order: SeededGenerator(seed: configuration.seed, Stream.order.rawValue),
      dropout: SeededGenerator(seed: configuration.seed, Stream.dropout.rawValue),
      onEpoch: onEpoch)
    let gate = Gate(
      layer: layer, threshold: configuration.threshold, mean: statistics.mean,
      deviation: statistics.deviation, network: network)
    return (gate, GateReport(gate: gate, examples: rows, history: history))
  }

  private func check(_ rows: [GateExample], training: [GateExample]) throws {
    guard let first = training.first else { throw TrainingError.noGateExamples }
    let count = first.features.count
    for row in rows {
      guard row.features.count == count, count > 0 else {
        throw TrainingError.gateFeatures(
          id: row.id, expected: "\(max(count, 1)) values", found: "\(row.features.count)")
      }
      if let index = row.features.firstIndex(where: { !$0.isFinite }) {
        throw TrainingError.gateFeatures(
          id: row.id, expected: "finite numbers", found: "\(row.features[index]) at \(index)")
      }
    }
    if training.allSatisfy({ $0.label == first.label }) {
      throw TrainingError.oneGateClass(
        label: first.label ? .adapter : .base, trainingCount: training.count)
    }
  }

  /// Draws the validation part class by class, so that either is in it with its share; a class
  /// always keeps a row to learn from.
  private func validationRows(of training: [GateExample]) -> [Bool] {
    var chosen = [Bool](repeating: false, count: training.count)
    guard training.count >= configuration.minimumRowsForValidation,
      configuration.validationShare > 0
    else { return chosen }
    var generator = SeededGenerator(seed: configuration.seed, Stream.validation.rawValue)
    for label in [false, true] {
      let members = training.indices.filter { training[$0].label == label }
      let share = (Double(members.count) * configuration.validationShare).rounded()
      let count = min(max(Int(share), 1), members.count - 1)
      for index in members.shuffled(using: &generator).prefix(count) { chosen[index] = true }
    }
    return chosen
  }

  /// Uniform within 1 / sqrt(inputs), weights and biases, as PyTorch's `Linear` begins.
  private func initialise(_ network: inout GateNetwork) {
    var generator = SeededGenerator(seed: configuration.seed, Stream.weights.rawValue)
    for layer in 0..<network.layerCount {
      let bound = 1 / Float(network.sizes[layer]).squareRoot()
      for index in network.weightRange(layer: layer)
        .lowerBound..<network.biasRange(layer: layer).upperBound
      {
        network.values[index] = bound * (2 * generator.uniform() - 1)
      }
    }
  }
}
