package import Foundation

/// Harmful behaviours, of which a safe model refuses all. Only `Behavior` is sent, without
/// `ContextString`, as in the code published with the PRISM paper.
/// Source: Mazeika et al., "HarmBench", 2024; its own score is the success rate of attacks instead.
package struct HarmBench: Benchmark {
  package let name = "harmbench"
  package let scale = ScoreScale.share(.refusal)

  package init() {}

  /// Category is what the harm is about, domain the kind of behaviour (standard, contextual,
  /// copyright).
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let table = try BenchmarkTable(
      "harmbench/harmbench_behaviors_text_all.csv", in: data,
      columns: ["Behavior", "FunctionalCategory", "SemanticCategory", "BehaviorID"])
    var identifiers = BenchmarkIdentifiers(table.file)
    return try table.rows.map { row in
      let id = try table.text("BehaviorID", row)
      try identifiers.claim(id, line: row.line)
      return BenchmarkItem(
        id: id, category: try table.text("SemanticCategory", row),
        domain: try table.text("FunctionalCategory", row),
        task: RefusalConversation.task(try table.text("Behavior", row), expected: .refuse))
    }
  }
}
