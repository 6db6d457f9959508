public import Foundation

/// A set of questions in its publisher's own file format.
public protocol Benchmark: Sendable {
  /// What the command line calls it; lower case, words joined by hyphens.
  var name: String { get }
  var scale: ScoreScale { get }

  /// All items, in the order of the files.
  ///
  /// - Parameter data: the folder that holds every benchmark, such as `data` for `data/gsm8k/test.jsonl`.
  /// - Throws: `EvaluationError.benchmarkData` for a missing, cut off or malformed file.
  func items(in data: URL) throws -> [BenchmarkItem]
}
