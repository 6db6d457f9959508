import PrismModel
import PrismRouter
import PrismTensor

/// Standardised rows with their class weights.
struct GateRows {
  let features: [[Float]]
  let labels: [Float]
  /// Each class weighs half in all: rows / (2 * rows of the class).
  let weights: [Float]

  init(_ examples: [GateExample], statistics: FeatureStatistics) {
    features = examples.map { statistics.standardised($0.features) }
    labels = examples.map { $0.label ? 1 : 0 }
    let positives = examples.count { $0.label }
    let half = Float(examples.count) / 2
    weights = examples.map {
      half / Float($0.label ? positives : examples.count - positives)
    }
  }

  func batch(_ rows: some Sequence<Int>) -> GateGradients.Batch {
    let rows = Array(rows)
    return GateGradients.Batch(
      features: rows.flatMap { features[$0] }, labels: rows.map { labels[$0] },
      weights: rows.map { weights[$0] })
  }

  /// Class-weighted cross-entropy, nats a row.
  func loss(of network: GateNetwork) -> Double {
    let sum = features.indices.reduce(0.0) {
      $0 + Double(weights[$1] * crossEntropy(network.logit(of: features[$1]), labels[$1]))
    }
    return sum / Double(labels.count)
  }
}

/// The epochs of one training.
struct GateTrainingRun {
  struct History {
    var trainingCount: Int
    var validationCount: Int
    var trainingLoss: [Double] = []
    var validationLoss: [Double] = []
    var bestEpoch = 0
  }

  let configuration: GateTrainingConfiguration
  let training: GateRows
  /// Empty when there are too few rows.
  let validation: GateRows

  /// Trains `network` and leaves it with its best weights.
  func fit(
    _ network: inout GateNetwork, order: SeededGenerator, dropout: SeededGenerator,
    onEpoch: (Int, Double) -> Continuation
  ) throws -> History {
    var (order, dropout) = (order, dropout)
    var history = History(
      trainingCount: training.labels.count, validationCount: validation.labels.count)
    let stopsEarly = !validation.labels.isEmpty
    let epochs =
      stopsEarly ? configuration.epochs : min(configuration.epochs, configuration.patience)
    var optimizer = AdamW(
      parameterCount: network.values.count, weightDecay: configuration.weightDecay)
    var gradients = GateGradients(network: network)
    var best = (loss: Double.infinity, values: network.values)
    for epoch in 1...epochs {
      let loss = pass(&network, &optimizer, &gradients, order: &order, dropout: &dropout)
      guard loss.isFinite else {
        throw TrainingError.diverged(what: "the gate's training loss", epoch: epoch)
      }
      history.trainingLoss.append(loss)
      if stopsEarly {
        let held = validation.loss(of: network)
        history.validationLoss.append(held)
        if held < best.loss {
          best = (held, network.values)
          history.bestEpoch = epoch
        }
      } else {
        best = (loss, network.values)
        history.bestEpoch = epoch
      }
      if onEpoch(epoch, loss) == .stop { throw Interrupted() }
      if epoch - history.bestEpoch >= configuration.patience { break }
    }
    guard history.bestEpoch > 0 else {
      throw TrainingError.diverged(what: "the gate's validation loss", epoch: epochs)
    }
    network.values = best.values
    return history
  }

  /// One pass over the shuffled training rows; the mean loss of a row.
  private func pass(
    _ network: inout GateNetwork, _ optimizer: inout AdamW, _ gradients: inout GateGradients,
    order: inout SeededGenerator, dropout: inout SeededGenerator
  ) -> Double {
    let rows = training.labels.indices.shuffled(using: &order)
    var sum = 0.0
    for start in stride(from: 0, to: rows.count, by: configuration.batchSize) {
      let batch = training.batch(rows[start..<min(start + configuration.batchSize, rows.count)])
      let loss = gradients.compute(
        batch, network: network, dropout: configuration.dropout, generator: &dropout)
      sum += loss * Double(batch.labels.count)
      optimizer.step(
        parameters: &network.values, gradients: gradients.values,
        learningRate: configuration.learningRate)
    }
    return sum / Double(rows.count)
  }
}
