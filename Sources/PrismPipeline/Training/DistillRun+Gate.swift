import Foundation
import PrismModel
import PrismRouter
import PrismTensor
import PrismTraining

extension DistillRun {
  /// Stage 4: features of every judged query as it will be served, then the gate.
  func trainGate(
    _ queries: [GateQuery], featureCount: Int, report: @escaping Reporter
  ) throws -> (Gate, GateReport) {
    let identity = try identity(.gate, ["gate", "route", "engine"], after: .verdicts)
    if try directory.manifest(for: identity) != nil {
      let gate = try GateFile.read(
        path: directory.file(TrainedFiles.gate), layer: configuration.route.gateLayer,
        threshold: configuration.gate.threshold, featureCount: featureCount)
      return (gate, try directory.value(GateReport.self, of: TrainedFiles.gateReport))
    }
    let start = ContinuousClock.now
    let tokensBefore = engine.processedTokenCount
    let layer = configuration.route.gateLayer
    var settings = configuration.gate
    var seeds = SeededGenerator(
      seed: configuration.engine.seed, UInt64(StageName.gate.number), settings.seed)
    settings.seed = seeds.next()
    let features = try engine.features(queries.map(\.prompt), afterLayer: layer)
    let (gate, gateReport) = try GateTrainer(configuration: settings, layer: layer).train(
      zip(queries, features).map { $0.example(features: $1) }
    ) { epoch, loss in
      report(
        ProgressEvent(
          stage: StageName.gate.rawValue, done: epoch, total: settings.epochs,
          tokens: self.engine.processedTokenCount, loss: loss))
    }
    try GateFile.write(gate, to: directory.file(TrainedFiles.gate))
    try directory.write(gateReport, to: TrainedFiles.gateReport)
    try directory.complete(
      identity, files: [TrainedFiles.gate, TrainedFiles.gateReport],
      counts: ["rows": queries.count, "epochs": gateReport.epochCount], start: start,
      tokens: engine.processedTokenCount - tokensBefore)
    return (gate, gateReport)
  }
}

extension RunDirectory {
  /// A JSON file of the run.
  func value<Value: Decodable>(_ type: Value.Type, of name: String) throws -> Value {
    guard let data = try read(name) else {
      throw PipelineError.cannotRead(path: file(name), reason: "the file is missing")
    }
    do {
      return try CanonicalJSON.value(type, from: data)
    } catch {
      throw PipelineError.damagedRun(path: file(name), problem: "it is not as written")
    }
  }

  func write(_ value: some Encodable, to name: String) throws {
    try write(try CanonicalJSON.data(value, pretty: true) + Data("\n".utf8), to: name)
  }

  /// Marks a stage complete whose result is `files`.
  func complete(
    _ identity: StageIdentity, files: [String], counts: [String: Int],
    start: ContinuousClock.Instant, tokens: Int
  ) throws {
    let hashes = try files.map { ($0, try hash(of: $0)) }
    try complete(
      StageManifest(
        identity: identity, counts: counts, seconds: start.duration(to: .now) / .seconds(1),
        tokens: tokens, files: Dictionary(uniqueKeysWithValues: hashes)))
  }
}
