import PrismModel
import PrismRouter
import PrismTraining
import Testing

@Suite("Gate trainer")
struct GateTrainerTests {
  private func train(
    _ rows: [GateExample], _ configuration: GateTrainingConfiguration = GateToys.configuration()
  ) throws -> GateReport {
    try GateTrainer(configuration: configuration, layer: 0).train(rows).report
  }

  @Test func separableRowsBeatTheMajority() throws {
    let report = try train(GateToys.rows(count: 400))
    let accuracy = try #require(report.heldOutAccuracy)
    let majority = try #require(report.majorityAccuracy)
    #expect(accuracy > majority + 0.2)
    #expect(accuracy > 0.85)
    #expect(try #require(report.auroc) > 0.93)
    #expect(report.heldOutCount == 80)
    #expect(report.trainingCount + report.validationCount == 320)
    #expect(report.notes.isEmpty)
    #expect(report.strata.map(\.name) == ["critic", "math", "writing"])
    #expect(report.strata.reduce(0) { $0 + $1.heldOutCount } == 80)
    #expect(report.validationLoss[report.bestEpoch - 1] == report.validationLoss.min())
  }

  /// Labels drawn by coin: accuracy on 400 held-out rows has mean 0.5 and deviation 0.025, so a sound
  /// trainer leaves 0.5 +- 0.1 (4 deviations) with a chance of 6e-5 over the choice of the seed.
  /// A trainer that looks at held-out labels would pass 0.6.
  @Test func coinLabelsTeachNothing() throws {
    let report = try train(GateToys.rows(count: 2000, shuffledLabels: true))
    #expect(report.heldOutCount == 400)
    #expect(abs(try #require(report.heldOutAccuracy) - 0.5) < 0.1)
    #expect(abs(try #require(report.auroc) - 0.5) < 0.12)
  }

  @Test func sameSeedSameGateWhateverTheOrder() throws {
    let rows = GateToys.rows(count: 60)
    var configuration = GateToys.configuration()
    configuration.epochs = 5
    let trainer = GateTrainer(configuration: configuration, layer: 2)
    let first = try trainer.train(rows)
    let second = try trainer.train(rows.reversed())
    #expect(first.gate == second.gate)
    #expect(first.report == second.report)
    #expect(first.gate.layer == 2)
    configuration.seed = 2
    let third = try GateTrainer(configuration: configuration, layer: 2).train(rows)
    #expect(third.gate != first.gate)
  }

  /// Held-out rows shape neither statistics nor weights: only the report may change with them.
  @Test func heldOutRowsTeachNothing() throws {
    let rows = GateToys.rows(count: 60)
    let altered = rows.map { row in
      row.split == .train
        ? row
        : GateExample(
          id: row.id, features: row.features.map { -50 * $0 }, label: !row.label,
          stratum: row.stratum, split: .heldOut)
    }
    let trainer = GateTrainer(configuration: GateToys.configuration(), layer: 0)
    #expect(try trainer.train(rows).gate == trainer.train(altered).gate)
  }

  /// 90 rows of one class and 10 of the other, no signal: unweighted training would answer the
  /// frequent class always (probabilities near 0.1); balanced training stays around one half.
  @Test func lossBalancesTheClasses() throws {
    let rows = GateToys.rows(count: 1000, shuffledLabels: true).enumerated().map { index, row in
      GateExample(
        id: row.id, features: row.features, label: index % 10 == 3, stratum: row.stratum,
        split: row.split)
    }
    var configuration = GateToys.configuration()
    configuration.epochs = 3
    let (gate, _) = try GateTrainer(configuration: configuration, layer: 0).train(rows)
    let mean = rows.reduce(Float(0)) { $0 + gate.probability(of: $1.features) } / 1000
    #expect(abs(mean - 0.5) < 0.12)
  }

  @Test func aConstantFeatureStaysHarmless() throws {
    let rows = GateToys.rows(count: 200).map { row in
      GateExample(
        id: row.id, features: row.features + [3], label: row.label, stratum: row.stratum,
        split: row.split)
    }
    let (gate, _) = try GateTrainer(configuration: GateToys.configuration(), layer: 0).train(rows)
    // A change of 0.01 in it moves no probability by more than a rounding-sized step of the gate.
    for row in rows.prefix(20) {
      var moved = row.features
      moved[16] += 0.01
      #expect(abs(gate.probability(of: moved) - gate.probability(of: row.features)) < 0.01)
    }
  }

  @Test func tooFewRowsTrainWithoutValidationAndSaySo() throws {
    let rows = GateToys.rows(count: 9).map { row in
      GateExample(
        id: row.id, features: row.features, label: row.id.hasSuffix("3") || row.label,
        stratum: row.stratum, split: .train)
    }
    let mixed = try #require(rows.contains { !$0.label } ? rows : nil)
    let report = try train(mixed)
    #expect(report.validationCount == 0 && report.validationLoss.isEmpty)
    #expect(report.epochCount == 20 && report.bestEpoch == 20)
    #expect(report.heldOutAccuracy == nil && report.auroc == nil && report.majorityAccuracy == nil)
    #expect(report.notes.count == 2)
    #expect(report.notes[0].contains("no held-out rows"))
  }

  @Test func oneHeldOutClassLeavesAUROCOut() throws {
    let rows = GateToys.rows(count: 100).filter { $0.split == .train || $0.label }
    let report = try train(rows)
    #expect(report.auroc == nil && report.balancedAccuracy == nil && report.rocPoints.isEmpty)
    #expect(report.heldOutAccuracy != nil)
    #expect(report.notes.contains { $0.contains("are distill") && $0.contains("AUROC") })
  }

  @Test func impossibleInputsThrow() throws {
    let rows = GateToys.rows(count: 40)
    let trainer = GateTrainer(configuration: GateToys.configuration(), layer: 0)
    #expect(throws: TrainingError.noGateExamples) { try trainer.train([]) }
    #expect(throws: TrainingError.noGateExamples) {
      try trainer.train(rows.filter { $0.split == .heldOut })
    }
    let winners = rows.filter { $0.label }
    let count = winners.count { $0.split == .train }
    #expect(throws: TrainingError.oneGateClass(label: .adapter, trainingCount: count)) {
      try trainer.train(winners)
    }
    func with(_ features: [Float]) -> [GateExample] {
      rows + [GateExample(id: "z", features: features, label: true, stratum: "x", split: .heldOut)]
    }
    #expect(
      throws: TrainingError.gateFeatures(id: "z", expected: "16 values", found: "3")
    ) { try trainer.train(with([1, 2, 3])) }
    #expect(
      throws: TrainingError.gateFeatures(id: "z", expected: "finite numbers", found: "nan at 1")
    ) { try trainer.train(with([0, .nan] + [Float](repeating: 0, count: 14))) }
    var configuration = GateToys.configuration()
    configuration.epochs = 0
    configuration.dropout = 1
    let wrong = GateTrainer(configuration: configuration, layer: 0)
    #expect {
      try wrong.train(rows)
    } throws: { error in
      guard case TrainingError.invalidSettings(let problems) = error else { return false }
      return problems.count == 2
    }
    #expect(throws: Interrupted.self) {
      try trainer.train(rows) { epoch, _ in epoch == 2 ? .stop : .more }
    }
  }
}
