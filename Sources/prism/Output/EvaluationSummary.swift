import PrismEvaluation

/// Scores of every strategy as a table of plain text.
struct EvaluationSummary {
  private let results: EvaluationResults

  init(_ results: EvaluationResults) { self.results = results }

  func show(on printer: Printer) throws {
    let names = results.settings.strategies
    let width = max(20, (results.results.keys.map(\.count).max() ?? 0) + 2)
    try printer.line(
      printer.style.bold(
        "".padded(to: width) + names.map { $0.padded(to: max(22, $0.count + 2)) }.joined()))
    for benchmark in results.settings.benchmarks {
      guard let row = results.results[benchmark]?["all"], let scale = results.scales[benchmark]
      else {
        continue
      }
      try printer.line(line(benchmark, row, scale.maximum <= 1 ? 100 : 1, width, names))
    }
    if !results.overall.isEmpty {
      try printer.line(line("overall", results.overall, 1, width, names))
    }
    try printer.line()
    for comparison in results.comparisons where comparison.category == "all" {
      try printer.line(
        "\(comparison.benchmark), \(comparison.strategy): \(comparison.words) (p = "
          + Quantity.decimal(comparison.pValue, 3) + ", \(comparison.count) items)")
    }
  }

  private func line(
    _ name: String, _ cells: [String: ScoreCell], _ factor: Double, _ width: Int, _ names: [String]
  ) -> String {
    name.padded(to: width)
      + names.map { strategy in
        guard let cell = cells[strategy] else { return "-".padded(to: max(22, strategy.count + 2)) }
        let text =
          Quantity.decimal(cell.score * factor, 2) + " (" + Quantity.decimal(cell.low * factor, 1)
          + " to " + Quantity.decimal(cell.high * factor, 1) + ")"
        return text.padded(to: max(22, strategy.count + 2))
      }.joined()
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

extension StrategyComparison {
  /// In words for the terminal, which shows scores as they are: above need not be better.
  var words: String {
    isSupported
      ? difference > 0 ? "above base" : "below base" : "no difference from base shown"
  }
}
