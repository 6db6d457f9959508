import PrismRouter

extension GateReport {
  /// Scores `gate` on the held-out rows of `examples`.
  init(gate: Gate, examples: [GateExample], history: GateTrainingRun.History) {
    let training = examples.filter { $0.split == .train }
    let heldOut = examples.filter { $0.split == .heldOut }
    let labels = heldOut.map(\.label)
    let all = examples.map { gate.probability(of: $0.features) }
    let probabilities = zip(examples, all).filter { $0.0.split == .heldOut }.map { Double($1) }
    let threshold = Double(gate.threshold)
    let trainingPositives = training.count { $0.label }
    let bins = GateMetrics.calibrationBins(probabilities, labels)
    let positives = labels.count { $0 }

    self.trainingCount = history.trainingCount
    self.validationCount = history.validationCount
    self.heldOutCount = heldOut.count
    self.trainingPositiveShare = Double(trainingPositives) / Double(training.count)
    self.heldOutPositiveShare =
      heldOut.isEmpty ? nil : Double(positives) / Double(heldOut.count)
    self.heldOutAccuracy = GateMetrics.accuracy(probabilities, labels, threshold: threshold)
    let majority = 2 * trainingPositives > training.count
    self.majorityAccuracy =
      heldOut.isEmpty ? nil : Double(labels.count { $0 == majority }) / Double(heldOut.count)
    self.balancedAccuracy = GateMetrics.balancedAccuracy(
      probabilities, labels, threshold: threshold)
    self.auroc = GateMetrics.auroc(probabilities, labels)
    self.calibrationBins = bins
    self.calibrationError = GateMetrics.calibrationError(bins)
    self.rocPoints = GateMetrics.rocPoints(probabilities, labels)
    self.routedShare =
      heldOut.isEmpty
      ? nil : Double(probabilities.count { $0 >= threshold }) / Double(heldOut.count)
    self.strata = Set(examples.map(\.stratum)).sorted().map { name in
      let members = heldOut.indices.filter { heldOut[$0].stratum == name }
      let scores = members.map { probabilities[$0] }
      let truth = members.map { labels[$0] }
      return Stratum(
        name: name, heldOutCount: members.count, positiveCount: truth.count { $0 },
        routedCount: scores.count { $0 >= threshold },
        accuracy: GateMetrics.accuracy(scores, truth, threshold: threshold))
    }
    self.threshold = gate.threshold
    self.queries = zip(examples, all).map { Query(id: $0.id, split: $0.split, probability: $1) }
    self.epochCount = history.trainingLoss.count
    self.bestEpoch = history.bestEpoch
    self.trainingLoss = history.trainingLoss
    self.validationLoss = history.validationLoss
    self.notes = Self.notes(
      heldOut: heldOut.count, positives: positives, history: history)
  }

  private static func notes(
    heldOut: Int, positives: Int, history: GateTrainingRun.History
  ) -> [String] {
    var notes: [String] = []
    if heldOut == 0 {
      notes.append(
        "there are no held-out rows, so nothing is known of the gate on new queries; raise the held-out share or add queries"
      )
    } else if positives == 0 || positives == heldOut {
      notes.append(
        "all \(heldOut) held-out rows are \(positives == 0 ? "retain" : "distill"), so AUROC, balanced accuracy and ROC points are not defined"
      )
    }
    if (1..<30).contains(heldOut) {
      notes.append(
        "with only \(heldOut) held-out rows the figures may be off by tens of percentage points")
    }
    if history.validationCount == 0 {
      notes.append(
        "no validation part (too few training rows, or a share of 0), so training ran \(history.trainingLoss.count) epochs without early stopping"
      )
    }
    return notes
  }
}
