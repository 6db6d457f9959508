public import Foundation
public import PrismModel
public import PrismPipeline
public import PrismRouter
import PrismTensor

/// One evaluation in a folder of its own, which an interrupted run goes on from.
///
/// Files: `08-outcomes.jsonl` (answers), `09-judgements.jsonl`, `10-fine-tuned` (an adapter, where it is
/// asked for), `items.jsonl` (a line for each item and strategy), `results.json` and `report.html`.
public final class EvaluationRun {
  public static let itemsName = "items.jsonl"
  public static let resultsName = "results.json"
  public static let reportName = "report.html"

  /// Who reads refusals and rates answers.
  public enum Judge {
    /// A local model, with its fingerprint and the name to report.
    case local(any LanguageEngine, fingerprint: String, name: String)
    /// An endpoint; its verdicts are cached beside the run.
    case remote(any AnswerJudge, name: String)

    var name: String {
      switch self {
      case .local(_, _, let name), .remote(_, let name): name
      }
    }
  }

  private let configuration: EvaluationConfiguration
  private let plan: EvaluationPlan
  private let generator: Generator
  private let bundle: RouterBundle?
  private let distilled: DistilledRun?
  /// Where everything is written.
  public let directory: RunDirectory
  private let dataHash: String
  private let bundleHash: String

  /// Reads the benchmarks under `data`.
  ///
  /// - Parameters:
  ///   - distilled: what `fine-tuned` learns from.
  ///   - directory: asked for last, so that what can be refused leaves no folder behind.
  /// - Throws: `EvaluationError` for settings, names and files, and where a strategy needs a bundle or a
  ///   run that is not there; `PipelineError.anotherModel` for the run of another model.
  public init(
    configuration: EvaluationConfiguration, data: URL, generator: Generator,
    bundle: RouterBundle?, bundlePath: String?, distilled: DistilledRun? = nil,
    directory: @autoclosure () throws -> RunDirectory
  ) throws {
    plan = try EvaluationPlan(configuration, data: data)
    if bundle == nil, let first = plan.strategies.first(where: \.needsBundle) {
      throw EvaluationError.needsBundle(strategy: first.name)
    }
    let fineTunes = plan.strategies.contains(.fineTuned)
    if fineTunes && distilled == nil {
      throw EvaluationError.needsRun(strategy: EvaluationStrategy.fineTuned.name)
    }
    // A run that nothing is learned from must not matter.
    self.distilled = fineTunes ? distilled : nil
    try self.distilled?.check(generator.model)
    self.configuration = configuration
    self.generator = generator
    self.bundle = bundle
    dataHash = CanonicalJSON.hash(try CanonicalJSON.data(plan.items.map(\.items)))
    bundleHash = try Self.hash(ofBundle: bundlePath)
    self.directory = try directory()
  }

  /// Items in all, and answers that they need.
  public var itemCount: Int { plan.items.reduce(0) { $0 + $1.items.count } }
  public var answerCount: Int { plan.tasks.count }

  /// Answers, judges and writes the results. Throws `Interrupted` when the reporter asks to stop; the
  /// same call goes on.
  public func results(
    provenance: (_ judge: String) -> EvaluationProvenance, judge: Judge,
    report: @escaping Reporter
  ) async throws -> EvaluationResults {
    let provenance = provenance(judge.name)
    let outcomes = try outcomes(modelName: provenance.model, report: report)
    let judgements = try await judgements(outcomes, judge, report: report)
    let threshold = bundle?.gate.threshold ?? .infinity
    let items = try ItemResults(
      plan: plan, outcomes: outcomes, judgements: judgements, threshold: threshold,
      seed: configuration.seed)
    let scales = Dictionary(plan.items.map { ($0.benchmark.name, $0.benchmark.scale) }) { a, _ in a
    }
    let results = try ResultsBuilder(
      items.rows, scales: scales, seed: configuration.seed, threshold: threshold
    ).results(provenance, refusals: items.refusals)
    try write(items.rows, results)
    try EvaluationReport.write(
      results, items: items.rows, threshold: bundle.map { Double($0.gate.threshold) }, in: directory
    )
    return results
  }

  private func outcomes(
    modelName: String, report: @escaping Reporter
  ) throws -> [ItemOutcome] {
    var inputs = ["model": generator.model.fingerprint, "bundle": bundleHash]
    var fineTuned: Generator?
    if let distilled {
      let adapter = try distilled.fineTuned(
        model: generator.model, modelName: modelName, in: directory, report: report)
      // The weights are the model's own; only the adapter is another.
      fineTuned = try Generator(
        model: generator.model, adapter: adapter, settings: generator.settings)
      inputs[StageName.fineTuned.rawValue] = try DistilledRun.fineTunedHash(in: directory)
    }
    let stage = AnswerItems(
      configuration: configuration, generator: generator, fineTuned: fineTuned, gate: bundle?.gate)
    return try directory.rows(
      of: stage, input: plan.tasks, identity: try identity(.outcomes, inputs),
      tokens: { stage.processedTokenCount }, report: report)
  }

  private func write(_ rows: [ItemResult], _ results: EvaluationResults) throws {
    var lines = Data()
    for row in rows { lines += try CanonicalJSON.data(row) + Data("\n".utf8) }
    try directory.write(lines, to: Self.itemsName)
    try directory.write(
      try CanonicalJSON.data(results, pretty: true) + Data("\n".utf8), to: Self.resultsName)
  }

  // MARK: Judging

  private func judgements(
    _ outcomes: [ItemOutcome], _ judge: Judge, report: @escaping Reporter
  ) async throws -> [OutcomeJudgement] {
    let items = Dictionary(
      plan.items.flatMap { benchmark, items in items.map { ([benchmark.name, $0.id], $0) } }
    ) { first, _ in first }
    let open = try outcomes.compactMap { outcome in
      try items[[outcome.benchmark, outcome.item]].flatMap { try OutcomeToJudge(outcome, of: $0) }
    }
    guard !open.isEmpty else { return [] }
    var inputs = ["outcomes": try directory.hash(of: StageName.outcomes.fileName + ".jsonl")]
    switch judge {
    case .local(let engine, let fingerprint, _):
      inputs["judge"] = fingerprint
      return try directory.rows(
        of: JudgeOutcomes(
          judge: try LocalJudge(engine: engine), unitItems: configuration.unitItems,
          tokens: { engine.processedTokenCount }),
        input: open, identity: try identity(.judgements, inputs),
        tokens: { engine.processedTokenCount }, report: report)
    case .remote(let judge, let name):
      inputs["judge"] = CanonicalJSON.hash(Data(name.utf8))
      let requests = open.flatMap(\.requests)
      var readings = try await judge.verdicts(on: requests) { progress in
        let event = ProgressEvent(
          stage: StageName.judgements.rawValue, done: progress.done, total: progress.total)
        if report(event) == .stop { throw Interrupted() }
      }[...]
      let rows = open.map { entry in
        let own = Array(readings.prefix(entry.requests.count))
        readings = readings.dropFirst(entry.requests.count)
        return entry.judgement(own)
      }
      return try directory.rows(rows, identity: try identity(.judgements, inputs))
    }
  }

  // MARK: Identity

  /// Over every file of the bundle: another adapter must not reuse this one's answers.
  private static func hash(ofBundle path: String?) throws -> String {
    guard let path else { return "none" }
    var all = Data()
    for name in RouterBundle.fileNames {
      let file = path + "/" + name
      guard let data = FileManager.default.contents(atPath: file) else {
        throw EvaluationError.resultsFile(path: file, problem: "it cannot be read")
      }
      all += Data(CanonicalJSON.hash(data).utf8)
    }
    return CanonicalJSON.hash(all)
  }

  private func identity(_ stage: StageName, _ inputs: [String: String]) throws -> StageIdentity {
    var settings = [
      "benchmarks": configuration.benchmarks.joined(separator: ","),
      "strategies": configuration.strategies.joined(separator: ","),
      "limit": configuration.limit.map(String.init) ?? "all",
      "shots": "\(configuration.shots)", "promptStyle": configuration.promptStyle.rawValue,
      "maximumTokens": "\(configuration.maximumTokens)", "unitItems": "\(configuration.unitItems)",
      "weights": generator.model.weights.rawValue,
    ]
    if let bundle { settings["gate"] = "layer \(bundle.gate.layer), \(bundle.gate.threshold)" }
    var inputs = inputs
    inputs["data"] = dataHash
    return try StageIdentity(
      stage: stage, settings: settings, inputs: inputs, seed: configuration.seed)
  }
}
