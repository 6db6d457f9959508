extension ReportSection {
  /// When personas help: by length, and by persona and category.
  static func study(_ benchmarks: [ReportContent.StudyBenchmark]) -> ReportSection? {
    let drawn = benchmarks.filter { !$0.lengths.isEmpty || !$0.effects.isEmpty }
    guard !drawn.isEmpty else { return nil }
    let blocks = drawn.enumerated().map { index, study in
      ReportBlock.subsection(
        ReportSubsection(
          subheading: "\(run: study.benchmark)",
          blocks: [
            lengths(study, id: "fig-lengths-\(index)"), effects(study, id: "fig-effects-\(index)"),
          ].compactMap { $0.map(ReportBlock.figure) }))
    }
    return ReportSection(
      anchor: "study", sectionHeading: "When do personas help?", blocks: blocks)
  }

  private static func lengths(_ study: ReportContent.StudyBenchmark, id: String) -> ReportFigure? {
    guard !study.lengths.isEmpty else { return nil }
    let text = ScoreText(study.scale)
    let lengths = ReportOrder.unique(study.lengths.map(\.length))
    let placements = ReportOrder.unique(study.lengths.map(\.placement))
    let chart = BarChart(
      name: "Score by length of the persona",
      summary:
        "Bars of the mean score over personas, one group a length and one bar a placement, beside base.",
      groupLabel: "Length", groups: lengths, series: placements.map { "\($0) placement" },
      bars: lengths.map { length in
        placements.map { placement in
          study.lengths.first { $0.length == length && $0.placement == placement }.map {
            BarChart.Bar(
              value: text.axisValue($0.score.score), low: text.axisValue($0.score.low),
              high: text.axisValue($0.score.high))
          }
        }
      }, valueLabel: "Score" + text.axisUnit, decimals: text.decimals,
      reference: study.base.map { (text.axisValue($0.score), "base \(text.score($0.score))") })
    return ReportFigure(
      chart, id: id,
      caption:
        "Means over all personas with 95\u{A0}% intervals\(study.scale.higherIsBetter ? "" : "; lower is better"). \(lengthWords(study, text))"
    )
  }

  /// Which bars the interval keeps apart from base.
  private static func lengthWords(_ study: ReportContent.StudyBenchmark, _ text: ScoreText)
    -> ReportMarkup
  {
    guard let base = study.base else { return "" }
    let open = study.lengths.filter { $0.score.low <= base.score && base.score <= $0.score.high }
    if open.isEmpty { return "No interval holds base's score of \(text.score(base.score))." }
    let names = ReportMarkup.joined(
      open.map { "\(run: $0.length) (\(run: $0.placement))" }, separator: ", ")
    return
      "The intervals of \(names) hold base's score: there the numbers do not support a difference."
  }

  private static func effects(_ study: ReportContent.StudyBenchmark, id: String) -> ReportFigure? {
    guard !study.effects.isEmpty else { return nil }
    let text = ScoreText(study.scale)
    let personas = ReportOrder.unique(study.effects.map(\.persona))
    let categories = ReportOrder.unique(study.effects.map(\.category))
    let unit = text.differenceUnit.isEmpty ? "in units of the score" : "in points"
    let chart = HeatMap(
      name: "Persona minus base, by category",
      summary: "Difference of each persona's score from base, \(unit), by category.",
      rowLabel: "Category", rows: categories, columns: personas,
      values: categories.map { category in
        personas.map { persona in
          study.effects.first { $0.persona == persona && $0.category == category }?.difference
        }
      }, higherIsBetter: study.scale.higherIsBetter, format: { text.signedNumber($0) })
    let marked = study.effects.filter { $0.low != nil && $0.high != nil }
    let open = marked.count { ($0.low ?? 0) <= 0 && ($0.high ?? 0) >= 0 }
    let words: ReportMarkup =
      marked.isEmpty
      ? " Single cells rest on few items and have no interval."
      : " In \(ReportNumber.count(open)) of \(ReportNumber.count(marked.count)) cells the interval reaches zero: there the numbers do not support a difference."
    return ReportFigure(chart, id: id, caption: "Difference from base, \(unit).\(words)")
  }
}
