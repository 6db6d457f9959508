import Foundation
import PrismModel
import PrismRouter
import PrismTensor
import PrismTraining

extension DistillRun {
  /// Stage 5: the winning persona answers, distilled into one adapter. A checkpoint after every epoch
  /// lets an interrupted run go on.
  func distillAdapter(
    _ examples: [DistillExample], model: LanguageModel, modelName: String,
    report: @escaping Reporter
  ) throws -> (LoRAWeights, AdapterReport) {
    let identity = try identity(.adapter, ["adapter", "route", "engine"], after: .verdicts)
    if try directory.manifest(for: identity) != nil {
      let adapter = try AdapterFiles.read(
        directory.file(TrainedFiles.adapter), model: model.configuration)
      return (adapter, try directory.value(AdapterReport.self, of: TrainedFiles.adapterReport))
    }
    try begin(identity)
    let start = ContinuousClock.now
    var seeds = SeededGenerator(
      seed: configuration.engine.seed, UInt64(StageName.adapter.number))
    let trainer = AdapterTrainer(
      model: model, configuration: configuration.adapter, gateLayer: configuration.route.gateLayer,
      seed: seeds.next())
    var tokens = 0
    let output = try trainer.run(
      examples, checkpointPath: directory.file(TrainedFiles.adapterCheckpoint)
    ) { event in
      tokens = max(tokens, event.tokens)
      return report(event)
    }
    try directory.makeFolder(TrainedFiles.adapter)
    try AdapterFiles.write(
      output.adapter, dropout: Float(configuration.adapter.dropout), baseModelName: modelName,
      to: directory.file(TrainedFiles.adapter))
    try directory.write(output.report, to: TrainedFiles.adapterReport)
    try directory.complete(
      identity,
      files: [
        TrainedFiles.adapterWeights, TrainedFiles.adapterConfiguration, TrainedFiles.adapterReport,
      ],
      counts: ["examples": examples.count, "steps": output.report.steps], start: start,
      tokens: tokens)
    try directory.remove(TrainedFiles.adapterCheckpoint)
    try directory.remove(TrainedFiles.adapterStarted)
    return (output.adapter, output.report)
  }

  /// Notes what a checkpoint belongs to; refuses one that belongs to something else.
  private func begin(_ identity: StageIdentity) throws {
    let name = TrainedFiles.adapterStarted
    if FileManager.default.fileExists(atPath: directory.file(name)) {
      try directory.expect(identity, found: try directory.value(StageIdentity.self, of: name))
    } else {
      // A checkpoint without its note is of unknown origin.
      try directory.remove(TrainedFiles.adapterCheckpoint)
      try directory.write(identity, to: name)
    }
  }
}

extension RunDirectory {
  func makeFolder(_ name: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: file(name), withIntermediateDirectories: true)
    } catch {
      throw PipelineError.cannotWrite(path: file(name), reason: "the folder cannot be made")
    }
  }

  /// Removes a file of the run, if it is there.
  func remove(_ name: String) throws {
    guard FileManager.default.fileExists(atPath: file(name)) else { return }
    do {
      try FileManager.default.removeItem(atPath: file(name))
    } catch {
      throw PipelineError.cannotWrite(path: file(name), reason: "it cannot be removed")
    }
  }
}

extension RunMetrics {
  mutating func record(_ report: GateReport) {
    var gate = Gate()
    gate.heldOutAccuracy = report.heldOutAccuracy
    gate.majorityAccuracy = report.majorityAccuracy
    gate.auroc = report.auroc
    gate.heldOutCount = report.heldOutCount
    self.gate = gate
  }

  mutating func record(_ report: AdapterReport) {
    var distillation = Distillation()
    distillation.heldOutKLBefore = report.heldOutKLBefore
    distillation.heldOutKLAfter = report.heldOutKLAfter
    distillation.heldOutTop1AgreementBefore = report.heldOutTop1AgreementBefore
    distillation.heldOutTop1AgreementAfter = report.heldOutTop1AgreementAfter
    distillation.stepZeroLoss = report.stepZeroLoss
    distillation.lastLoss = report.lastLoss
    self.distillation = distillation
  }

  /// The numbers a bundle carries along: what was found, not how long it took.
  var bundleNumbers: [String: Double] {
    var numbers: [String: Double] = [
      "queries": Double(queries), "distill": Double(distill), "retain": Double(retain),
    ]
    numbers["gate.heldOutAccuracy"] = gate?.heldOutAccuracy
    numbers["gate.majorityAccuracy"] = gate?.majorityAccuracy
    numbers["gate.auroc"] = gate?.auroc
    numbers["distillation.heldOutKLBefore"] = distillation?.heldOutKLBefore
    numbers["distillation.heldOutKLAfter"] = distillation?.heldOutKLAfter
    return numbers
  }
}
