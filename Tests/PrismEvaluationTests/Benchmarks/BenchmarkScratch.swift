import Foundation
import PrismEvaluation

/// A copy of the sample data that a test may damage; removed when the test lets go of it.
final class BenchmarkScratch {
  let data: URL

  init() throws {
    data = URL(fileURLWithPath: NSTemporaryDirectory())
      .appendingPathComponent("prism-benchmarks-" + UUID().uuidString)
    try FileManager.default.copyItem(at: SampleBenchmarks.folder(), to: data)
  }

  deinit { try? FileManager.default.removeItem(at: data) }

  func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: data.appendingPathComponent(path))
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(at: data.appendingPathComponent(path))
  }
}

/// What an `EvaluationError.benchmarkData` says, without its path; `nil` for any other error.
func problem(of error: (any Error)?) -> (line: Int?, text: String)? {
  guard case EvaluationError.benchmarkData(_, let line, let text, _)? = error else { return nil }
  return (line, text)
}
