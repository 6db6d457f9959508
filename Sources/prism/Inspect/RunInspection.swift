import Foundation
import PrismPipeline

/// What `prism inspect` says of a run. Reads only, so that it may look on while a run works.
struct RunInspection: Encodable {
  enum StageState: String, Encodable {
    case complete, partial, waiting
  }

  let kind = "run"
  let path: String
  /// By stage name.
  let stages: [String: StageState]
  /// Absent before the verdicts are in.
  let metrics: RunMetrics?
  /// What either policy makes of the verdicts; empty before they are in.
  let policies: [PolicyReport]
  /// The bundle's folder, once it is written.
  let bundle: String?

  static func isRun(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/configuration.yaml")
  }

  /// Throws `PipelineError.damagedRun`.
  init(_ path: String) throws {
    self.path = path
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    stages = StageName.distillation.reduce(into: [:]) { states, stage in
      states[stage.rawValue] =
        names.contains(stage.fileName + ".manifest.json")
        ? .complete : names.contains { $0.hasPrefix(stage.fileName) } ? .partial : .waiting
    }
    bundle = names.contains("bundle") ? path + "/bundle" : nil
    policies = try PolicyReport.read(run: path)
    metrics = try names.contains("metrics.json") ? Self.metrics(path + "/metrics.json") : nil
  }

  private static func metrics(_ path: String) throws -> RunMetrics {
    do {
      return try JSONDecoder().decode(
        RunMetrics.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw PipelineError.damagedRun(path: path, problem: "it is not as written")
    }
  }

  func show(on printer: Printer) throws {
    try printer.line(printer.style.bold("\(path): a run"))
    try printer.table(
      StageName.distillation.map { stage in
        let seconds = metrics?.seconds[stage.rawValue].map { ", " + Quantity.seconds($0) } ?? ""
        let tokens = metrics?.tokens[stage.rawValue] ?? 0
        let read = tokens > 0 ? ", \(Quantity.count(tokens)) tokens" : ""
        return (stage.rawValue, (stages[stage.rawValue] ?? .waiting).rawValue + seconds + read)
      })
    if let metrics { try RunSummary(metrics: metrics).show(on: printer) }
    for policy in policies { try Self.show(policy, on: printer) }
    if let bundle { try printer.line("The bundle is \(bundle).") }
  }

  private static func show(_ report: PolicyReport, on printer: Printer) throws {
    let counts =
      "\(report.distill) distill, \(report.retain) retain, \(report.unreadable) unreadable"
    try printer.line("Read by the \(report.policy.rawValue) policy: \(counts).")
    if let explanation = report.explanation { try printer.line(explanation) }
  }
}
