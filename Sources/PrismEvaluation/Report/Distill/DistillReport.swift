import Foundation
public import PrismPipeline
import PrismTraining

/// The report of a run of the main job, from the files that it left.
public enum DistillReport {
  /// Reads a finished run and writes its `report.html`.
  ///
  /// `version` is the version of the program that writes. Throws `PipelineError` for a run that is
  /// unfinished, damaged or of another format, and `EvaluationError` for numbers that cannot be shown.
  public static func write(in directory: RunDirectory, version: String) throws {
    let content = try content(FinishedRun(directory), version: version)
    try directory.write(Data(try ReportWriter.html(content).utf8), to: EvaluationRun.reportName)
  }

  package static func content(_ run: FinishedRun, version: String) throws -> ReportContent {
    var content = ReportContent(title: "Distillation of \(run.modelName)")
    content.prismVersion = version
    content.facts = try DistillFacts(run).facts
    content.settings = try run.configuration.settings().sorted { $0.key < $1.key }
      .map { .init(name: $0.key, value: $0.value) }
    content.efforts = run.efforts.filter { $0.seconds > 0 }.map {
      .init(stage: $0.stage.rawValue, seconds: $0.seconds, tokens: $0.tokens)
    }
    let choice = SampleChoice(run)
    content.samples = choice.samples
    content.sampleChoice = choice.words
    content.verdicts = verdicts(run)
    content.judge = .init(
      positionBias: run.metrics.judge.positionBias, letterMass: run.metrics.judge.letterMass,
      lengthCorrelation: run.metrics.judge.lengthCorrelation,
      pairCount: run.pairs.count { $0.verdict != .unreadable })
    content.losses = [adapterLosses(run), gateLosses(run)]
    content.gate = try HeldOutGate.content(run.gate)
    return content
  }

  /// In the order of the run's personas.
  private static func verdicts(_ run: FinishedRun) -> [ReportContent.PersonaVerdicts] {
    let groups = Dictionary(grouping: run.pairs, by: \.pair.query.persona)
    return run.personas.map { persona in
      let verdicts = (groups[persona.name] ?? []).map(\.verdict)
      return .init(
        persona: persona.name, distill: verdicts.count { $0 == .persona },
        retain: verdicts.count { $0 == .base || $0 == .undecided },
        unreadable: verdicts.count { $0 == .unreadable })
    }
  }

  /// Positions are updates made: a step's loss is measured before its own, the held-out KL with the
  /// adapter at zero and after each epoch.
  private static func adapterLosses(_ run: FinishedRun) -> ReportContent.LossCurve {
    let report = run.adapter
    let interval = Double(report.steps) / Double(max(1, report.epochs))
    let before = report.heldOutKLBefore
    return .init(
      name: "adapter", lossLabel: "KL to the teacher, nats a token", positionLabel: "Updates made",
      series: [
        .init(name: "training", first: 0, losses: report.losses),
        .init(
          name: "held out", first: before == nil ? interval : 0, interval: interval,
          losses: (before.map { [$0] } ?? []) + report.heldOutKLCurve),
      ])
  }

  private static func gateLosses(_ run: FinishedRun) -> ReportContent.LossCurve {
    .init(
      name: "gate", lossLabel: "Cross-entropy, nats a query", positionLabel: "Epoch",
      series: [
        .init(name: "training", losses: run.gate.trainingLoss),
        .init(name: "validation", losses: run.gate.validationLoss),
      ], note: "the weights of epoch \(run.gate.bestEpoch) of \(run.gate.epochCount) were kept")
  }
}
