import Foundation
public import PrismModel
public import PrismRouter
public import PrismTraining

extension DistillRun {
  /// A finished run.
  public struct Outcome: Sendable {
    public let judged: Judged
    public let gate: GateReport
    public let adapter: AdapterReport
    public let bundle: RouterBundle
    public let metrics: RunMetrics
  }

  /// Stages 4 and 5 and the bundle, from the verdicts. Finished stages are read back, an interrupted
  /// one goes on where it stopped.
  ///
  /// Throws `PipelineError.nothingToLearn` when the verdicts leave no distill or no retain set; all
  /// work up to them is kept. Throws `Interrupted` when the reporter asks to stop.
  public func train(
    _ judged: Judged, model: LanguageModel, modelName: String, report: @escaping Reporter
  ) throws -> Outcome {
    if let explanation = judged.statistics.explanation {
      throw PipelineError.nothingToLearn(path: directory.path, explanation: explanation)
    }
    let report = logged(report)
    let sets = try trainingSets(judged)
    let (gate, gateReport) = try trainGate(
      sets.gate, featureCount: model.configuration.hiddenSize, report: report)
    let (adapter, adapterReport) = try distillAdapter(
      sets.distill, model: model, modelName: modelName, report: report)
    var metrics = try directory.metrics() ?? RunMetrics()
    metrics.record(judged.statistics)
    metrics.record(gateReport)
    metrics.record(adapterReport)
    let bundle = try writeBundle(
      gate: gate, adapter: adapter, model: model, modelName: modelName, metrics: metrics)
    try recordEffort(in: &metrics)
    // A finished run that is opened again takes little; the run's peak is the largest of all sessions.
    metrics.peakResidentBytes = [metrics.peakResidentBytes, PeakMemory.bytes].compactMap { $0 }
      .max()
    try directory.write(metrics)
    return Outcome(
      judged: judged, gate: gateReport, adapter: adapterReport, bundle: bundle, metrics: metrics)
  }

  private func writeBundle(
    gate: Gate, adapter: LoRAWeights, model: LanguageModel, modelName: String, metrics: RunMetrics
  ) throws -> RouterBundle {
    let bundle = try RouterBundle(
      adapter: adapter, dropout: Float(configuration.adapter.dropout), gate: gate,
      model: BundleManifest.Model(
        name: modelName, fingerprint: model.fingerprint,
        tokenizerFingerprint: model.tokenizer.fingerprint),
      numbers: metrics.bundleNumbers)
    let identity = try StageIdentity(
      stage: .bundle, configuration: configuration,
      sections: ["gate", "route", "adapter", "engine"],
      inputs: [
        "model": model.fingerprint, "name": modelName,
        TrainedFiles.gate: try directory.hash(of: TrainedFiles.gate),
        TrainedFiles.adapterWeights: try directory.hash(of: TrainedFiles.adapterWeights),
      ])
    // A bundle moved away or edited since is simply written again: it follows from the stages before.
    try bundle.write(to: directory.file(TrainedFiles.bundle))
    let files = try TrainedFiles.bundleFiles.map { ($0, try directory.hash(of: $0)) }
    try directory.complete(
      StageManifest(
        identity: identity, counts: ["layers": adapter.layers.count], seconds: 0, tokens: 0,
        files: Dictionary(uniqueKeysWithValues: files)))
    return bundle
  }
}

/// Names of what training leaves in a run directory.
enum TrainedFiles {
  static let gate = StageName.gate.fileName + ".safetensors"
  static let gateReport = StageName.gate.fileName + ".report.json"
  static let adapterWeights = AdapterStageFiles(.adapter).weights
  static let bundle = "bundle"
  static let bundleFiles = RouterBundle.fileNames.map { bundle + "/" + $0 }
}
