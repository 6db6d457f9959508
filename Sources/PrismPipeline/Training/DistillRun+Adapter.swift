import Foundation
import PrismModel
import PrismTensor
import PrismTraining

extension DistillRun {
  /// Stage 5: the winning persona answers, distilled into one adapter.
  func distillAdapter(
    _ examples: [DistillExample], model: LanguageModel, modelName: String,
    report: @escaping Reporter
  ) throws -> (LoRAWeights, AdapterReport) {
    let stage = AdapterStage(
      directory: directory,
      identity: try identity(.adapter, ["adapter", "route", "engine"], after: .verdicts))
    let trainer = AdapterTrainer(
      model: model, configuration: configuration.adapter, gateLayer: configuration.route.gateLayer,
      seed: configuration.adapterSeed)
    return try stage.adapter(examples, trainer: trainer, modelName: modelName, report: report)
  }
}

extension PrismConfiguration {
  /// Seed of the first weights, of the examples' order and of dropout.
  var adapterSeed: UInt64 {
    var seeds = SeededGenerator(seed: engine.seed, UInt64(StageName.adapter.number))
    return seeds.next()
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
