import ArgumentParser
import Foundation
import PrismEvaluation
import PrismPipeline

/// Writes the report of a finished evaluation again.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of an evaluation from its results.",
    discussion: """
      RUN/report.html is one page that needs neither network nor scripts. `prism eval` writes it by \
      itself; this command writes it again, after an upgrade of prism for example.

      EXAMPLE
        prism report eval
      """)

  @Argument(help: ArgumentHelp("Folder that `prism eval` wrote.", valueName: "run"))
  var folder: String

  func run() throws {
    guard FileManager.default.fileExists(atPath: folder + "/" + EvaluationRun.resultsName) else {
      throw CommandError.noResults(path: folder)
    }
    try EvaluationReport.write(in: try RunDirectory(path: folder))
    try Printer().line("\(folder)/\(EvaluationRun.reportName)")
  }
}
