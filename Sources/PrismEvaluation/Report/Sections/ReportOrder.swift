/// Names in the order of the run's settings; those it does not list follow by alphabet.
enum ReportOrder {
  static func names(listed: [String], present: Set<String>) -> [String] {
    var seen: Set<String> = []
    let first = listed.filter { present.contains($0) && seen.insert($0).inserted }
    return first + present.subtracting(first).sorted()
  }

  static func benchmarks(of evaluation: EvaluationResults) -> [String] {
    names(listed: evaluation.settings.benchmarks, present: Set(evaluation.results.keys))
  }

  /// Base comes first whatever the settings say: all others are read beside it.
  static func strategies(of evaluation: EvaluationResults) -> [String] {
    let measured = evaluation.results.values.flatMap(\.values).flatMap(\.keys)
    return names(
      listed: ["base"] + evaluation.settings.strategies,
      present: Set(measured).union(evaluation.overall.keys).union(evaluation.costs.keys))
  }

  /// Categories of one benchmark, without the one that holds all items.
  static func categories(_ results: [String: [String: ScoreCell]]) -> [String] {
    results.keys.filter { $0 != EvaluationResults.allCategories }.sorted()
  }

  /// Names as they first appear.
  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
