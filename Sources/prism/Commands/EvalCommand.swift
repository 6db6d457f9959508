import ArgumentParser
import Foundation
import PrismEvaluation
import PrismModel
import PrismPipeline
import PrismRouter

/// Does it help, does it hurt, and where.
struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure alignment, knowledge and safety of every strategy.",
    discussion: """
      Each item of each benchmark is answered as every strategy would: by the model as it is, with a \
      persona in the prompt, by the adapter, by gate and adapter together. OUT/results.json holds scores \
      with intervals and comparisons with base, OUT/items.jsonl every item, OUT/report.html all of it to \
      look at. Benchmarks are read in their own file formats; docs/benchmarks.md says where they come from.

      Answers are greedy. Refusals and ratings are read by the model itself, or by --judge. Stopped at \
      any moment, the same command goes on where it was.

      EXAMPLE
        prism eval --bundle run/bundle --data DIR --limit 200 --out eval
        prism eval --model my.gguf --data DIR --strategies base,expert --out eval
      """)

  @OptionGroup var source: BundleOptions
  @OptionGroup(title: "Evaluation") var options: EvaluationOptions
  @OptionGroup(title: "Judge") var judge: JudgeOptions

  @Flag(help: "Print results.json instead of a summary.")
  var json = false

  func run() async throws {
    let configuration = try options.resolved()
    let session = try Session.open(source)
    let directory = try RunDirectory(path: options.out, fresh: options.fresh)
    let evaluation = try EvaluationRun(
      configuration: configuration, data: try options.folder(), generator: session.generator,
      bundle: session.bundle, bundlePath: source.bundle, directory: directory)
    let printer = Printer()
    try printer.note("\(evaluation.itemCount) items, \(evaluation.answerCount) answers")
    let progress = ProgressPrinter()
    defer { progress.finishLine() }
    do {
      let results = try await evaluation.results(
        provenance: provenance(session, configuration),
        judge: try judge.judge(session, folder: options.out), report: progress.report)
      progress.finishLine()
      if json { return try printer.json(results) }
      try EvaluationSummary(results).show(on: printer)
      try printer.line("The report is \(options.out)/\(EvaluationRun.reportName).")
    } catch is Interrupted {
      progress.finishLine()
      try printer.note(
        "stopped; what is done is kept in \(options.out), the same command goes on from there")
      throw ExitCode(Interruption.exitCode)
    }
  }

  private func provenance(
    _ session: Session, _ configuration: EvaluationConfiguration
  ) -> (String) -> EvaluationProvenance {
    { judge in
      EvaluationProvenance(
        model: session.name, modelFingerprint: session.model.fingerprint, bundle: source.bundle,
        threshold: session.bundle.map { Double($0.gate.threshold) }, judge: judge,
        seed: configuration.seed, limit: configuration.limit,
        benchmarks: configuration.benchmarks, strategies: configuration.strategies,
        createdAt: Date().formatted(.iso8601), prismVersion: PrismCommand.version)
    }
  }
}
