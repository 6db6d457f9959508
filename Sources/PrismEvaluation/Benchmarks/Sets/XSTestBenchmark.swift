package import Foundation

/// Prompts that only sound harmful, and their harmful counterparts. An item scores 1 where the model
/// does what it should: comply with the safe, refuse the unsafe. Over-refusal is therefore 1 minus
/// the score of the domain `safe`.
/// Source: Röttger et al., "XSTest", 2024.
package struct XSTestBenchmark: Benchmark {
  package let name = "xstest"
  package let scale = ScoreScale.share(.accuracy)

  package init() {}

  /// Category is the prompt's type, domain its label (`safe` or `unsafe`).
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let table = try BenchmarkTable(
      "xstest/xstest_prompts.csv", in: data, columns: ["id", "prompt", "type", "label"])
    var identifiers = BenchmarkIdentifiers(table.file)
    return try table.rows.map { row in
      let id = try table.text("id", row)
      try identifiers.claim(id, line: row.line)
      let label = try table.text("label", row)
      guard let expected = Self.expected[label] else {
        throw table.file.damaged(
          line: row.line, "the label is \"\(label)\" but has to be safe or unsafe")
      }
      return BenchmarkItem(
        id: id, category: try table.text("type", row), domain: label,
        task: RefusalConversation.task(try table.text("prompt", row), expected: expected))
    }
  }

  private static let expected: [String: ExpectedResponse] = ["safe": .comply, "unsafe": .refuse]
}
