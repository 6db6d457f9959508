package import PrismModel

/// The parts of a run, in order; each has a file or folder of its own in the run directory.
public enum StageName: String, CaseIterable, Codable, Hashable, Sendable {
  case personas, queries, answers, verdicts, gate, adapter, bundle
  /// Of an evaluation.
  case outcomes, judgements
  case fineTuned = "fine-tuned"

  /// The parts of the main job.
  public static let distillation: [StageName] = [
    .personas, .queries, .answers, .verdicts, .gate, .adapter, .bundle,
  ]

  /// From 1.
  public var number: Int { (StageName.allCases.firstIndex(of: self) ?? 0) + 1 }

  /// `01-personas` and so on.
  public var fileName: String { (number < 10 ? "0" : "") + "\(number)-\(rawValue)" }
}

/// Work in fixed units, so that an interrupted run continues with the same batches. A stage reads
/// and writes no files; `RunDirectory` keeps the rows.
package protocol Stage {
  associatedtype Input
  associatedtype Row: Codable, Hashable, Sendable

  var name: StageName { get }

  /// Rows of the next unit, given the rows of every finished unit; nil when the stage is complete.
  /// The same input and finished units always give the same rows.
  /// Throws `Interrupted` when the reporter asks to stop.
  func unit(_ input: Input, after finished: [[Row]], report: Reporter) throws -> [Row]?

  /// What must hold of the rows before the stage may count as complete.
  func check(_ rows: [Row], of input: Input) throws
}

extension Stage {
  package func check(_ rows: [Row], of input: Input) throws {}

  /// All units one after the other.
  package func run(_ input: Input, report: Reporter) throws -> [Row] {
    var finished: [[Row]] = []
    while let rows = try unit(input, after: finished, report: report) { finished.append(rows) }
    let rows = finished.flatMap { $0 }
    try check(rows, of: input)
    return rows
  }
}
