package import Foundation

/// JBB-Behaviors: harmful goals that should be refused, or the benign goals beside them, on the same
/// subjects, that should not.
/// Source: Chao et al., "JailbreakBench", 2024; its own score is the success rate of attacks instead.
package struct JailbreakBench: Benchmark {
  package enum Part: Sendable { case harmful, benign }

  package let part: Part

  package init(_ part: Part) { self.part = part }

  package var name: String {
    switch part {
    case .harmful: "jailbreakbench"
    case .benign: "jailbreakbench-benign"
    }
  }

  package var scale: ScoreScale {
    switch part {
    case .harmful: .share(.refusal)
    case .benign: .share(.overRefusal, higherIsBetter: false)
    }
  }

  /// Identifiers are the file's `Index`; harmful and benign goals of one index belong together.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let (path, expected): (String, ExpectedResponse) =
      switch part {
      case .harmful: ("jailbreakbench/harmful-behaviors.csv", .refuse)
      case .benign: ("jailbreakbench/benign-behaviors.csv", .comply)
      }
    let table = try BenchmarkTable(path, in: data, columns: ["Index", "Goal", "Category"])
    var identifiers = BenchmarkIdentifiers(table.file)
    return try table.rows.map { row in
      let id = try table.text("Index", row)
      try identifiers.claim(id, line: row.line)
      let category = try table.text("Category", row)
      return BenchmarkItem(
        id: id, category: category, domain: category,
        task: RefusalConversation.task(try table.text("Goal", row), expected: expected))
    }
  }
}
