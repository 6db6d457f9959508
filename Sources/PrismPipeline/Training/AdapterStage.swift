import Foundation
import PrismModel
import PrismRouter
import PrismTraining

/// Trains an adapter into a run directory, once: a complete one is read back, and a checkpoint after
/// every epoch lets an interrupted one go on.
struct AdapterStage {
  let directory: RunDirectory
  let identity: StageIdentity

  func adapter(
    _ examples: [DistillExample], trainer: AdapterTrainer, modelName: String,
    report: @escaping Reporter
  ) throws -> (LoRAWeights, AdapterReport) {
    let files = AdapterStageFiles(identity.stage)
    if try directory.manifest(for: identity) != nil {
      let adapter = try AdapterFiles.read(
        directory.file(files.folder), model: trainer.model.configuration)
      return (adapter, try directory.value(AdapterReport.self, of: files.report))
    }
    try begin(files)
    let start = ContinuousClock.now
    var tokens = 0
    let output = try trainer.run(examples, checkpointPath: directory.file(files.checkpoint)) {
      event in
      tokens = max(tokens, event.tokens)
      return report(event)
    }
    try directory.makeFolder(files.folder)
    try AdapterFiles.write(
      output.adapter, dropout: Float(trainer.configuration.dropout), baseModelName: modelName,
      to: directory.file(files.folder))
    try directory.write(output.report, to: files.report)
    try directory.complete(
      identity, files: [files.weights, files.configuration, files.report],
      counts: ["examples": examples.count, "steps": output.report.steps], start: start,
      tokens: tokens)
    try directory.remove(files.checkpoint)
    try directory.remove(files.started)
    return (output.adapter, output.report)
  }

  /// Notes what a checkpoint belongs to; refuses one that belongs to something else.
  private func begin(_ files: AdapterStageFiles) throws {
    if FileManager.default.fileExists(atPath: directory.file(files.started)) {
      try directory.expect(
        identity, found: try directory.value(StageIdentity.self, of: files.started))
    } else {
      // A checkpoint without its note is of unknown origin.
      try directory.remove(files.checkpoint)
      try directory.write(identity, to: files.started)
    }
  }
}

/// Names of what training an adapter leaves in a run directory.
struct AdapterStageFiles {
  let folder: String

  init(_ stage: StageName) { folder = stage.fileName }

  var weights: String { folder + "/" + AdapterFiles.weightsName }
  var configuration: String { folder + "/" + AdapterFiles.configurationName }
  var report: String { folder + ".report.json" }
  var checkpoint: String { folder + ".checkpoint.safetensors" }
  /// The identity a checkpoint belongs to.
  var started: String { folder + ".partial.json" }
}
