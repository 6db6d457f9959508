import ArgumentParser
import Foundation
import PrismEvaluation
import PrismPipeline

/// Writes the report of a finished run or evaluation again.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a run or an evaluation from its files.",
    discussion: """
      RUN/report.html is one page that needs neither network nor scripts. `prism distill`, \
      `prism eval` and `prism study` write it by themselves; this command writes it again, after an \
      upgrade of prism for example, and loads no model. A folder that both worked in gets the evaluation's.

      EXAMPLE
        prism report run
        prism report eval
      """)

  @Argument(
    help: ArgumentHelp(
      "Folder that `prism distill`, `prism eval` or `prism study` wrote.", valueName: "run"))
  var folder: String

  func run() throws {
    if exists(EvaluationRun.resultsName) {
      try EvaluationReport.write(in: try RunDirectory(path: folder))
    } else if RunInspection.isRun(folder) {
      try DistillReport.write(
        in: try RunDirectory(path: folder), version: PrismCommand.version)
    } else {
      throw CommandError.nothingToReport(path: folder)
    }
    try Printer().line("\(folder)/\(EvaluationRun.reportName)")
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/" + name)
  }
}
