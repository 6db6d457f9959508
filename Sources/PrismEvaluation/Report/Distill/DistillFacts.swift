import Foundation
import PrismPipeline
import PrismTraining

/// Settings, provenance and counts of a run in the order the report shows them.
struct DistillFacts {
  /// More changed settings than this are counted instead of listed.
  private static let listedChanges = 6
  /// Year 1970 to 9999 in seconds.
  private static let dates = 0.0...253_402_300_799

  private let run: FinishedRun

  init(_ run: FinishedRun) { self.run = run }

  /// Throws what reading the presets throws.
  var facts: [ReportContent.Fact] {
    get throws {
      let pairs: [(String, String?)] = [
        ("Model", run.modelName), ("Model fingerprint", run.modelFingerprint),
        ("Configuration", try configuration), ("Seed", String(run.configuration.engine.seed)),
        ("Personas", personas), ("Queries", queries), ("Held out", heldOut), ("Judge", judge),
        ("Gate", gate), ("Adapter", adapter), ("Held-out KL", divergence),
        ("Same top token", agreement), ("Peak memory", memory), ("Finished", finished),
        ("File format", String(run.formatVersion)),
      ]
      return pairs.compactMap { name, value in value.map { .init(name: name, value: $0) } }
    }
  }

  private var configuration: String {
    get throws {
      let (preset, changed) = try Preset.nearest(to: run.configuration)
      guard !changed.isEmpty else { return "preset \(preset.rawValue)" }
      guard changed.count <= Self.listedChanges else {
        return
          "nearest to the preset \(preset.rawValue), with \(changed.count) other settings; all are listed below"
      }
      let settings = try run.configuration.settings()
      let list = changed.map { "\($0) \(settings[$0] ?? "")" }.joined(separator: ", ")
      return "preset \(preset.rawValue) with \(list)"
    }
  }

  private var personas: String {
    let settings = run.configuration.personas
    let names = run.personas.map(\.name).joined(separator: ", ")
    return
      "\(run.personas.count), \(settings.source.rawValue), \(settings.length.rawValue): \(names)"
  }

  private var queries: String {
    let metrics = run.metrics
    let unreadable = metrics.verdicts.unreadable
    return
      "\(ReportNumber.count(metrics.queries)): \(ReportNumber.count(metrics.distill)) to distill, \(ReportNumber.count(metrics.retain)) to retain"
      + (unreadable > 0 ? ", \(ReportNumber.count(unreadable)) unreadable" : "")
  }

  private var heldOut: String {
    "\(ReportNumber.counted(run.gate.heldOutCount, "query", "queries")) for the gate; of these \(ReportNumber.count(run.adapter.heldOutCount)) to distill, for the adapter"
  }

  private var judge: String {
    let settings = run.configuration.judge
    return "\(settings.policy.rawValue), margin \(ReportNumber.fixed(settings.margin, 2)) nats"
  }

  private var gate: String {
    "after layer \(run.configuration.route.gateLayer), threshold \(ReportNumber.fixed(Double(run.gate.threshold), 2))"
  }

  private var adapter: String {
    let (settings, report) = (run.configuration.adapter, run.adapter)
    let cut =
      report.cutAnswers > 0
      ? "; \(ReportNumber.counted(report.cutAnswers, "answer")) cut short" : ""
    return
      "rank \(settings.rank), \(ReportNumber.count(report.trainableParameters)) parameters; \(ReportNumber.counted(report.trainCount, "query", "queries")), \(ReportNumber.counted(report.steps, "update")) in \(ReportNumber.counted(report.epochs, "epoch"))"
      + cut
  }

  private var divergence: String? {
    guard let before = run.adapter.heldOutKLBefore, let after = run.adapter.heldOutKLAfter else {
      return nil
    }
    return
      "\(ReportNumber.fixed(before, 3)) before, \(ReportNumber.fixed(after, 3)) after, nats a token over \(ReportNumber.counted(run.adapter.heldOutTokens, "token"))"
  }

  private var agreement: String? {
    guard let before = run.adapter.heldOutTop1AgreementBefore,
      let after = run.adapter.heldOutTop1AgreementAfter
    else { return nil }
    return
      "as the teacher, on held-out answers: \(ReportNumber.percent(before, 1)) before, \(ReportNumber.percent(after, 1)) after"
  }

  private var memory: String? {
    run.metrics.peakResidentBytes.map { ReportNumber.fixed(Double($0) / 1e9, 2) + " GB" }
  }

  private var finished: String? {
    run.lastEventTime.flatMap { seconds in
      Self.dates.contains(seconds)
        ? Date(timeIntervalSince1970: seconds).formatted(.iso8601) : nil
    }
  }
}
