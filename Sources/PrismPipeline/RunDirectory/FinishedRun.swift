package import PrismTraining

/// A complete run of the main job, read back from its files. No model is needed.
package struct FinishedRun: Sendable {
  /// A stage in the order of the run, with what it took.
  package struct Effort: Sendable {
    package let stage: StageName
    package let seconds: Double
    package let tokens: Int
  }

  package let configuration: PrismConfiguration
  /// The model as it was named on the command line, and its fingerprint.
  package let modelName: String
  package let modelFingerprint: String
  package let personas: [Persona]
  package let pairs: [JudgedPair]
  package let gate: GateReport
  package let adapter: AdapterReport
  package let metrics: RunMetrics
  package let efforts: [Effort]
  /// Of the files' format.
  package let formatVersion: Int
  /// Seconds since 1970; absent where the run keeps no events.
  package let lastEventTime: Double?

  /// Throws `PipelineError.unfinishedRun`, `.otherFormat`, `.damagedRun` and `.configuration`.
  package init(_ directory: RunDirectory) throws {
    let manifests = try StageName.distillation.map { try directory.finishedManifest(of: $0) }
    let byStage = Dictionary(uniqueKeysWithValues: zip(StageName.distillation, manifests))
    func manifest(_ stage: StageName) throws -> StageManifest {
      guard let manifest = byStage[stage] else {
        throw PipelineError.unfinishedRun(path: directory.path, missing: stage.fileName)
      }
      return manifest
    }
    func report<Report: Decodable>(_ name: String, _ stage: StageName) throws -> Report {
      try directory.verify(name, in: try manifest(stage))
      return try directory.value(Report.self, of: name)
    }
    configuration = try directory.configuration()
    personas = try directory.finishedRows(Persona.self, of: .personas)
    pairs = try directory.finishedRows(JudgedPair.self, of: .verdicts)
    gate = try report(TrainedFiles.gateReport, .gate)
    adapter = try report(AdapterStageFiles(.adapter).report, .adapter)
    let bundle = try manifest(.bundle).identity
    guard let name = bundle.inputs["name"], let fingerprint = bundle.inputs["model"] else {
      throw PipelineError.damagedRun(
        path: directory.file(StageName.bundle.fileName + ".manifest.json"),
        problem: "it does not name the model")
    }
    modelName = name
    modelFingerprint = fingerprint
    formatVersion = bundle.formatVersion
    efforts = zip(StageName.distillation, manifests).map {
      Effort(stage: $0, seconds: $1.seconds, tokens: $1.tokens)
    }
    lastEventTime = try directory.lastEventTime()
    guard let metrics = try directory.metrics() else {
      throw PipelineError.unfinishedRun(path: directory.path, missing: "metrics.json")
    }
    self.metrics = metrics
    try check(directory)
  }

  /// The files must speak of the same queries.
  private func check(_ directory: RunDirectory) throws {
    let verdicts = StageName.verdicts.fileName + ".jsonl"
    guard metrics.queries == pairs.count else {
      throw PipelineError.damagedRun(
        path: directory.file("metrics.json"),
        problem: "it counts \(metrics.queries) queries and \(verdicts) holds \(pairs.count)")
    }
    let names = Set(personas.map(\.name))
    if let stranger = pairs.first(where: { !names.contains($0.pair.query.persona) }) {
      throw PipelineError.damagedRun(
        path: directory.file(verdicts),
        problem: "the persona \"\(stranger.pair.query.persona)\" is not in the run")
    }
  }
}
