import Foundation

/// What one policy makes of a run's verdicts; both policies read the same log-odds.
public struct PolicyReport: Codable, Hashable, Sendable {
  public let policy: JudgeConfiguration.Policy
  public let distill: Int
  public let retain: Int
  public let unreadable: Int
  /// Why it found nothing to distill or to retain; absent when both sets have rows.
  public let explanation: String?

  public init(_ statistics: JudgeStatistics) {
    policy = statistics.policy
    distill = statistics.distillCount
    retain = statistics.retainCount
    unreadable = statistics.count(.unreadable)
    explanation = statistics.explanation
  }

  /// Both policies over the verdicts of the run at `path`; empty before they are complete.
  /// Throws `PipelineError.damagedRun`.
  public static func read(run path: String) throws -> [PolicyReport] {
    let file = path + "/" + StageName.verdicts.fileName + ".jsonl"
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    do {
      let pairs = try Data(contentsOf: URL(fileURLWithPath: file)).split(
        separator: UInt8(ascii: "\n")
      )
      .map { try CanonicalJSON.value(JudgedPair.self, from: $0) }
      return [.debiased, .strict].map { PolicyReport(JudgeStatistics(pairs, policy: $0)) }
    } catch {
      throw PipelineError.damagedRun(path: file, problem: "a row is not as written")
    }
  }
}
