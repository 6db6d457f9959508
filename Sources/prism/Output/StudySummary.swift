import PrismEvaluation

/// The study as plain text: by length and place the mean over the personas, and its ends.
struct StudySummary {
  private let results: EvaluationResults

  init(_ results: EvaluationResults) { self.results = results }

  func show(on printer: Printer) throws {
    for benchmark in results.settings.benchmarks {
      guard let cells = results.results[benchmark]?["all"], let scale = results.scales[benchmark]
      else { continue }
      let factor = scale.maximum <= 1 ? 100.0 : 1
      let base = cells["base"].map { Quantity.decimal($0.score * factor, 2) } ?? "unreadable"
      try printer.line(printer.style.bold("\(benchmark), base \(base)"))
      for (average, personas) in groups where cells[average] != nil {
        try printer.line(line(average, personas, cells, benchmark, factor))
      }
    }
  }

  /// Each mean over personas with the personas that it is of: names that differ in the first part.
  private var groups: [(average: String, personas: [String])] {
    let head = "average-persona"
    return results.settings.strategies.filter { $0.hasPrefix(head) }.map { average in
      let placement = average.dropFirst(head.count)
      let personas = results.settings.strategies.filter { name in
        let words = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.first == "persona", words.count > 1 else { return false }
        return (words.count > 2 ? ":" + words[2] : "") == placement
      }
      return (average, personas)
    }
  }

  private func line(
    _ average: String, _ personas: [String], _ cells: [String: ScoreCell], _ benchmark: String,
    _ factor: Double
  ) -> String {
    let number = { (value: Double?) in value.map { Quantity.decimal($0 * factor, 2) } ?? "-" }
    let verdict =
      results.comparisons.first {
        $0.benchmark == benchmark && $0.category == "all" && $0.strategy == average
      }.map { comparison in
        comparison.words
      } ?? "not comparable with base"
    let scores = personas.compactMap { name in cells[name].map { (name, $0.score) } }
      .sorted { $0.1 < $1.1 }
    let ends = [scores.first, scores.last].compactMap { $0 }
      .map { "\($0.0) \(number($0.1))" }.joined(separator: " to ")
    return "  \(average): \(number(cells[average]?.score)), \(verdict); \(ends)"
  }
}
