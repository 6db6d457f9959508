import ArgumentParser
import Foundation
import PrismEvaluation
import PrismModel
import PrismPipeline
import PrismTensor

/// The main job.
struct DistillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "The main job: from domain names to a gated adapter.",
    discussion: """
      The model writes personas and queries, answers every query without and with its persona, and \
      judges which answer is better. A gate learns for which queries the persona helps; an adapter \
      learns to answer them that way without the persona in the prompt. The result is RUN/bundle, \
      and RUN/report.html shows how it came about.

      Stopped at any moment, by Ctrl-C or a power cut, the same command goes on where it was and \
      ends with the same bytes. A changed setting never reuses an old result.

      EXAMPLE
        prism distill --model smollm2-135m-instruct --out run --preset demo
        prism distill --model my.gguf --out law --domains law,tax --queries 30
      """)

  @Option(
    help: ArgumentHelp(
      "GGUF file, Hugging Face folder, or a name that `prism models` lists.",
      valueName: "path-or-name"))
  var model: String

  @Option(help: ArgumentHelp("Folder of the run; made if it is not there.", valueName: "run"))
  var out: String

  @OptionGroup(title: "Settings") var settings: RunOptions
  @OptionGroup(title: "Engine") var weights: RunWeightOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @Flag(help: "Print the numbers of the run as one JSON object.")
  var json = false

  func run() throws {
    let configuration = try settings.resolved(engine: engine, weights: weights)
    let files = try ModelFiles.open(try ModelCache().resolve(model))
    if fresh, FileManager.default.fileExists(atPath: "\(out)/\(EvaluationRun.resultsName)") {
      throw CommandError.freshWouldDiscard(path: out, what: "a finished evaluation")
    }
    let directory = try RunDirectory(path: out, fresh: fresh)
    let printer = Printer()
    let style = Style(StandardStreams.error)
    for line in try ConfigurationText(configuration: configuration).lines() {
      try printer.note(style.dim(line))
    }
    let loaded = try DistillModel(files, name: model, configuration: configuration)
    let progress = ProgressPrinter()
    defer { progress.finishLine() }
    do {
      let (metrics, samples) = try loaded.distill(
        into: directory, sampleTokens: json ? 0 : 64, report: progress.report)
      progress.finishLine()
      // The numbers first: a report that cannot be written must not hide them.
      if json {
        try printer.json(metrics)
      } else {
        try RunSummary(metrics: metrics).show(on: printer)
        for sample in samples { try SampleText(sample).show(on: printer) }
      }
      try DistillReport.write(in: directory, version: PrismCommand.version)
      if json { return }
      try printer.line("The report is \(out)/\(EvaluationRun.reportName).")
      try printer.line("The bundle is \(out)/bundle. Try: prism chat --bundle \(out)/bundle")
    } catch is Interrupted {
      progress.finishLine()
      try printer.note(
        "stopped; what is done is kept in \(out), the same command goes on from there")
      throw ExitCode(Interruption.exitCode)
    }
  }
}
