import ArgumentParser
import Foundation
import PrismEvaluation
import PrismModel
import PrismPipeline
import PrismRouter
import PrismTensor

/// An evaluation from the loaded model to its report. `prism eval` and `prism study` differ in what they
/// ask and in what they print at the end.
struct EvaluationJob {
  /// Thousands of answers keep more streams busy than a conversation does.
  static let generation = GeneratorSettings(maximumBatch: 64)

  let session: Session
  let configuration: EvaluationConfiguration
  let options: EvaluationOptions
  let judge: JudgeOptions
  /// Folder of the session's bundle, where there is one.
  let bundlePath: String?
  /// What `fine-tuned` learns from.
  var distilled: DistilledRun? = nil
  let isJSON: Bool

  /// Throws `ExitCode` when it was interrupted, after a line that says how to go on.
  func run(summary: (EvaluationResults, Printer) throws -> Void) async throws {
    if options.fresh, RunInspection.isRun(options.out) {
      throw CommandError.freshWouldDiscard(path: options.out, what: "a run of `prism distill`")
    }
    try judge.check()
    let evaluation = try EvaluationRun(
      configuration: configuration, data: try options.folder(), generator: session.generator,
      bundle: session.bundle, bundlePath: bundlePath, distilled: distilled,
      directory: RunDirectory(path: options.out))
    // Only now: nothing that can be refused above may cost what an earlier run left.
    if options.fresh { try evaluation.directory.discard() }
    let printer = Printer()
    try printer.note("\(evaluation.itemCount) items, \(evaluation.answerCount) answers")
    let progress = ProgressPrinter()
    defer { progress.finishLine() }
    do {
      let results = try await evaluation.results(
        provenance: provenance, judge: try judge.judge(session, folder: options.out),
        report: progress.report)
      progress.finishLine()
      if isJSON { return try printer.json(results) }
      try summary(results, printer)
      try printer.line("The report is \(options.out)/\(EvaluationRun.reportName).")
    } catch is Interrupted {
      progress.finishLine()
      try printer.note(
        "stopped; what is done is kept in \(options.out), the same command goes on from there")
      throw ExitCode(Interruption.exitCode)
    }
  }

  private func provenance(judge: String) -> EvaluationProvenance {
    EvaluationProvenance(
      model: session.name, modelFingerprint: session.model.fingerprint, bundle: bundlePath,
      threshold: session.bundle.map { Double($0.gate.threshold) }, judge: judge,
      seed: configuration.seed, limit: configuration.limit, benchmarks: configuration.benchmarks,
      strategies: configuration.strategies, promptStyle: configuration.promptStyle.rawValue,
      shots: configuration.shots, maximumTokens: configuration.maximumTokens,
      weights: session.model.weights.rawValue, run: distilled?.path,
      createdAt: Date().formatted(.iso8601),
      prismVersion: PrismCommand.version)
  }
}
