import Foundation
public import PrismModel

/// The main job: personas, queries, answers, verdicts, then what is trained on them.
public final class DistillRun {
  public let configuration: PrismConfiguration
  public let directory: RunDirectory
  package let engine: any LanguageEngine
  /// Identity of model and tokenizer.
  package let modelFingerprint: String

  /// Everything up to the verdicts.
  public struct Judged: Sendable {
    public let personas: [Persona]
    public let pairs: [JudgedPair]
    public let statistics: JudgeStatistics
  }

  /// Throws `PipelineError.configuration` with every setting out of range.
  public init(
    configuration: PrismConfiguration, engine: any LanguageEngine, modelFingerprint: String,
    directory: RunDirectory
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.engine = engine
    self.modelFingerprint = modelFingerprint
    self.directory = directory
  }

  /// Stages 0 to 3. Finished stages are read back, an interrupted one goes on where it stopped.
  /// Throws `Interrupted` when the reporter asks to stop; the same call continues.
  public func judgedPairs(report: @escaping Reporter) throws -> Judged {
    try directory.write(configuration)
    let report = logged(report)
    let personas = try personas(report: report)
    let queries = try directory.rows(
      of: try GenerateQueries(configuration: configuration, engine: engine), input: personas,
      identity: try identity(.queries, ["queries", "split", "engine"], after: .personas),
      tokens: { engine.processedTokenCount }, report: report)
    let pairs = try directory.rows(
      of: AnswerTwice(configuration: configuration, engine: engine),
      input: AnswerTwice.Input(queries: queries, personas: personas),
      identity: try identity(.answers, ["answers", "engine"], after: .queries),
      tokens: { engine.processedTokenCount }, report: report)
    let judged = try directory.rows(
      of: try JudgePairs(configuration: configuration, engine: engine), input: pairs,
      identity: try identity(.verdicts, ["judge", "engine"], after: .answers),
      tokens: { engine.processedTokenCount }, report: report)
    let statistics = JudgeStatistics(judged, policy: configuration.judge.policy)
    var metrics = try directory.metrics() ?? RunMetrics()
    metrics.record(statistics)
    try recordEffort(in: &metrics)
    try directory.write(metrics)
    return Judged(personas: personas, pairs: judged, statistics: statistics)
  }

  /// What gate and adapter learn from.
  public func trainingSets(_ judged: Judged) throws -> TrainingSets {
    try TrainingSets(judged.pairs, personas: judged.personas, renderer: engine.renderer)
  }

  /// Fills seconds and tokens from every stage's manifest.
  package func recordEffort(in metrics: inout RunMetrics) throws {
    for stage in StageName.distillation {
      guard let manifest = try directory.manifest(of: stage) else { continue }
      metrics.seconds[stage.rawValue] = manifest.seconds
      metrics.tokens[stage.rawValue] = manifest.tokens
    }
  }

  /// The identity of a stage that reads the model and the rows of an earlier stage.
  package func identity(
    _ stage: StageName, _ sections: [String], after earlier: StageName
  ) throws -> StageIdentity {
    let file = earlier.fileName + ".jsonl"
    return try StageIdentity(
      stage: stage, configuration: configuration, sections: sections,
      inputs: ["model": modelFingerprint, file: try directory.hash(of: file)])
  }

  private func personas(report: Reporter) throws -> [Persona] {
    let settings = configuration.personas
    func given(_ personas: [Persona]) throws -> [Persona] {
      let identity = try StageIdentity(
        stage: .personas, configuration: configuration, sections: ["personas"],
        inputs: ["texts": CanonicalJSON.hash(try CanonicalJSON.data(personas))])
      return try directory.rows(personas, identity: identity)
    }
    switch settings.source {
    case .shipped:
      return try given(
        ShippedPersonas.personas(length: settings.length, names: settings.names))
    case .folder:
      return try given(PersonaFolder.read(settings.folder, length: settings.length))
    case .written:
      let identity = try StageIdentity(
        stage: .personas, configuration: configuration, sections: ["personas", "engine"],
        inputs: ["model": modelFingerprint])
      return try directory.rows(
        of: try GeneratePersonas(configuration: configuration, engine: engine),
        input: settings.names.isEmpty ? ShippedPersonas.names : settings.names,
        identity: identity, tokens: { engine.processedTokenCount }, report: report)
    }
  }

  /// The reporter, with every event also in `events.jsonl`. A log that cannot be written does not
  /// stop the work; the next unit's own write reports a full disk.
  package func logged(_ report: @escaping Reporter) -> Reporter {
    let directory = directory
    return { event in
      try? directory.log(event)
      return report(event)
    }
  }
}
