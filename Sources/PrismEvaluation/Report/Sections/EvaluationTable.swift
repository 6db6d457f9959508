/// Scores as tables and as a chart, in the order of the run's settings.
struct EvaluationTable {
  private let evaluation: EvaluationResults
  private let benchmarks: [String]
  private let strategies: [String]

  init(_ evaluation: EvaluationResults) {
    self.evaluation = evaluation
    benchmarks = ReportOrder.benchmarks(of: evaluation)
    strategies = ReportOrder.strategies(of: evaluation)
  }

  var isEmpty: Bool { benchmarks.isEmpty && evaluation.overall.isEmpty }

  private static let columns: [ReportColumn] = [
    .text("Strategy"), .number("Score"), .number("95\u{A0}% interval"), .number("Items"),
    .number("Unread\u{AD}able"),
  ]

  private func whole(_ benchmark: String) -> [String: ScoreCell] {
    evaluation.results[benchmark]?[EvaluationResults.allCategories] ?? [:]
  }

  private func rows(_ cells: [String: ScoreCell], _ text: ScoreText) -> [ReportTableRow] {
    strategies.compactMap { strategy in
      cells[strategy].map { cell in
        ReportTableRow(
          "\(run: strategy)",
          [
            "\(text.score(cell.score))", "\(text.interval(cell.low, cell.high))",
            "\(ReportNumber.count(cell.count))", "\(ReportNumber.count(cell.unreadable))",
          ])
      }
    }
  }

  private func heading(_ benchmark: String) -> ReportMarkup {
    guard let scale = evaluation.scales[benchmark] else { return "\(run: benchmark)" }
    let direction = scale.higherIsBetter ? "" : ", lower is better"
    return "\(run: benchmark) (\(scale.metric.words)\(direction))"
  }

  /// One group a benchmark, and the overall last.
  var wholes: ReportTable {
    var groups = benchmarks.map { benchmark in
      ReportTableGroup(
        heading: heading(benchmark),
        rows: rows(whole(benchmark), ScoreText(evaluation.scales[benchmark])))
    }
    if !evaluation.overall.isEmpty {
      groups.append(
        ReportTableGroup(
          heading: "Overall (0 to 100, mean of the sub-categories)",
          rows: rows(evaluation.overall, .overall)))
    }
    return ReportTable(
      caption: "Scores with 95\u{A0}% bootstrap intervals. Unreadable outputs are in no score.",
      columns: Self.columns, groups: groups.filter { !$0.rows.isEmpty })
  }

  /// By benchmark, for those with more than one category.
  var categoryTables: [(String, ReportTable)] {
    benchmarks.compactMap { benchmark in
      guard let results = evaluation.results[benchmark] else { return nil }
      let categories = ReportOrder.categories(results)
      guard categories.count > 1 else { return nil }
      let text = ScoreText(evaluation.scales[benchmark])
      return (
        benchmark,
        ReportTable(
          columns: Self.columns,
          groups: categories.map { category in
            ReportTableGroup(
              heading: "\(run: category)", rows: rows(results[category] ?? [:], text))
          })
      )
    }
  }

  /// Benchmarks on one scale from 0 to 100; those without a scale are left out.
  var chart: BarChart? {
    let drawn = benchmarks.filter { name in
      whole(name).values.contains {
        ScoreText(evaluation.scales[name]).shareOfScale($0.score) != nil
      }
    }
    guard !drawn.isEmpty else { return nil }
    let measured = strategies.filter { strategy in
      drawn.contains { whole($0)[strategy] != nil }
    }
    return BarChart(
      name: "Scores by benchmark and strategy",
      summary:
        "Groups of bars, one group a benchmark and one bar a strategy, with interval whiskers.",
      groupLabel: "Benchmark", groups: drawn, series: measured,
      bars: drawn.map { name in
        let text = ScoreText(evaluation.scales[name])
        return measured.map { strategy in
          whole(name)[strategy].flatMap { cell in
            text.shareOfScale(cell.score).map {
              BarChart.Bar(
                value: $0, low: text.shareOfScale(cell.low), high: text.shareOfScale(cell.high))
            }
          }
        }
      }, valueLabel: "Score, % of the scale")
  }

  /// A sentence for the chart, which cannot turn single benchmarks around.
  var lowerIsBetter: ReportMarkup {
    let names = benchmarks.filter { evaluation.scales[$0]?.higherIsBetter == false }
    guard !names.isEmpty else { return "" }
    return " Lower is better on \(.joined(names.map { "\(run: $0)" }, separator: ", "))."
  }

  /// From this share on, unreadable outputs may decide a result.
  private static let notableShare = 0.02

  /// One sentence a benchmark and strategy that lost a notable share of its items.
  var unreadableNotes: [ReportMarkup] {
    benchmarks.flatMap { benchmark in
      strategies.compactMap { strategy -> ReportMarkup? in
        guard let cell = whole(benchmark)[strategy] else { return nil }
        let total = Double(cell.count) + Double(cell.unreadable)
        guard total > 0, Double(cell.unreadable) / total >= Self.notableShare else { return nil }
        return
          "<strong>\(run: strategy)</strong> on \(run: benchmark): \(ReportNumber.percent(Double(cell.unreadable) / total, 1)) of the outputs (\(ReportNumber.count(cell.unreadable)) of \(ReportNumber.fixed(total, 0))) could not be read. The score is that of the others, which may be the easier ones."
      }
    }
  }
}

extension ScoreScale.Metric {
  /// What the score is, after the benchmark's name.
  var words: String {
    switch self {
    case .accuracy: "accuracy"
    case .rating: "rating"
    case .refusal: "refusal rate"
    case .overRefusal: "over-refusal rate"
    case .truthfulness: "truthfulness"
    case .strictAccuracy: "strict accuracy"
    }
  }
}
