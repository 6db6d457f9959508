import PrismPipeline

/// The benchmarks of this library by name.
public enum BenchmarkCatalogue {
  public static let all: [any Benchmark] = [
    MMLUBenchmark(), MTBench(), HarmBench(), JailbreakBench(.harmful), JailbreakBench(.benign),
    JailbreakPromptsBenchmark(), PKUSafeRLHFBenchmark(), XSTestBenchmark(), TruthfulQABenchmark(),
    GSM8KBenchmark(), IFEvalBenchmark(),
  ]

  public static let names = all.map(\.name)

  /// - Throws: `EvaluationError.unknownBenchmark` with all names and the nearest one.
  public static func benchmark(named name: String) throws -> any Benchmark {
    guard let benchmark = all.first(where: { $0.name == name }) else {
      throw EvaluationError.unknownBenchmark(name: name, nearest: nearest(to: name), known: names)
    }
    return benchmark
  }

  /// The name that begins like `name` or is fewest edits away, if it is near enough to be meant.
  private static func nearest(to name: String) -> String? {
    let word = name.lowercased().replacing("_", with: "-").replacing(" ", with: "-")
    guard !word.isEmpty, word.count <= 64 else { return nil }
    if word.count > 2, let start = names.first(where: { $0.hasPrefix(word) }) { return start }
    let scored = names.map { (name: $0, edits: NearestWord.edits(word, $0)) }
    guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(2, max(word.count, best.name.count) / 3) ? best.name : nil
  }
}
