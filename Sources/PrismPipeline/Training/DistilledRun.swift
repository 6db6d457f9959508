import Foundation
package import PrismModel
import PrismTensor
import PrismTraining

/// A folder whose verdicts `prism distill` has finished, to learn from in another way. Nothing in it is
/// changed besides its lock.
public struct DistilledRun: Sendable {
  public let path: String
  public let configuration: PrismConfiguration
  private let personas: [Persona]
  private let pairs: [JudgedPair]
  private let modelFingerprint: String?
  private let verdictsHash: String

  /// Throws `PipelineError` for a folder that is no such run, and for damaged files.
  public init(path: String) throws {
    self.path = path
    // Opening a run directory makes it, and a folder that is not there must not appear.
    let manifest = path + "/" + StageName.verdicts.fileName + ".manifest.json"
    guard FileManager.default.fileExists(atPath: manifest) else {
      throw PipelineError.cannotRead(
        path: path, reason: "it is no folder in which `prism distill` has finished its verdicts")
    }
    let directory = try RunDirectory(path: path)
    configuration = try directory.configuration()
    personas = try directory.finishedRows(Persona.self, of: .personas)
    pairs = try directory.finishedRows(JudgedPair.self, of: .verdicts)
    modelFingerprint = try directory.finishedManifest(of: .verdicts).identity.inputs["model"]
    verdictsHash = try directory.hash(of: StageName.verdicts.fileName + ".jsonl")
  }

  /// Folder of the run's own adapter and gate; nil before it is written.
  public var bundle: String? {
    let folder = path + "/" + TrainedFiles.bundle
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }

  /// Throws `PipelineError.anotherModel` for a model whose tokens the run's answers are not, and
  /// `.roundedWeights` where the run's own adapter could not have been trained on these.
  package func check(_ model: LanguageModel) throws {
    guard modelFingerprint == model.fingerprint else {
      throw PipelineError.anotherModel(path: path)
    }
    guard model.weights != .int4 else {
      throw PipelineError.roundedWeights(model.weights.rawValue)
    }
  }

  /// Ordinary fine-tuning on the winning persona answers, without the persona in the prompt: the same
  /// examples, adapter and optimiser settings as the run's own distillation.
  ///
  /// The model must have passed `check`. A complete one in `directory` is read back. Throws `Interrupted` when the reporter asks to stop;
  /// the same call goes on.
  package func fineTuned(
    model: LanguageModel, modelName: String, in directory: RunDirectory,
    report: @escaping Reporter
  ) throws -> LoRAWeights {
    let identity = try StageIdentity(
      stage: .fineTuned, configuration: configuration, sections: ["adapter", "route", "engine"],
      inputs: [
        "model": model.fingerprint, StageName.verdicts.fileName + ".jsonl": verdictsHash,
        "weights": model.transformer.format.rawValue,
      ])
    let sets = try TrainingSets(pairs, personas: personas, renderer: model.renderer)
    let trainer = AdapterTrainer(
      model: model, configuration: configuration.adapter, gateLayer: configuration.route.gateLayer,
      seed: configuration.adapterSeed, objective: .answers)
    return try AdapterStage(directory: directory, identity: identity)
      .adapter(sets.distill, trainer: trainer, modelName: modelName) { event in
        report(
          ProgressEvent(
            stage: StageName.fineTuned.rawValue, done: event.done, total: event.total,
            tokens: event.tokens, loss: event.loss))
      }.0
  }

  /// Hash of the fine-tuned adapter in `directory`, for what is answered with it.
  package static func fineTunedHash(in directory: RunDirectory) throws -> String {
    try directory.hash(of: AdapterStageFiles(.fineTuned).weights)
  }
}
