extension ReportSection {
  /// What a query costs under each strategy.
  static func costs(_ evaluation: EvaluationResults) -> ReportSection? {
    let names = ReportOrder.strategies(of: evaluation).filter { evaluation.costs[$0] != nil }
    guard !names.isEmpty else { return nil }
    let costs = names.compactMap { evaluation.costs[$0] }
    let table = ReportTable(
      caption: "Means over all queries of the run",
      columns: [
        .text("Strategy"), .number("Prompt tokens"), .number("Generated tokens"),
        .number("Seconds a query"),
      ],
      rows: zip(names, costs).map { name, cost in
        ReportTableRow(
          "\(run: name)",
          [
            "\(ReportNumber.fixed(cost.promptTokens, 1))",
            "\(ReportNumber.fixed(cost.generatedTokens, 1))",
            "\(ReportNumber.fixed(cost.seconds, 3))",
          ])
      })
    var blocks: [ReportBlock] = [
      .figures(
        ReportItems([
          figure(
            names, costs.map(\.promptTokens), "Prompt tokens a query", decimals: 1,
            id: "fig-tokens"),
          figure(names, costs.map(\.seconds), "Seconds a query", decimals: 3, id: "fig-seconds"),
        ])), .table(table),
    ]
    let words = savings(names, evaluation.costs)
    if !words.isEmpty { blocks.insert(.list(ReportItems(words)), at: 0) }
    return ReportSection(anchor: "cost", sectionHeading: "Cost", blocks: blocks)
  }

  private static func figure(
    _ names: [String], _ values: [Double], _ label: String, decimals: Int, id: String
  ) -> ReportFigure {
    ReportFigure(
      BarChart(
        name: label, summary: "One bar a strategy.", groupLabel: "Strategy", groups: names,
        series: [label], bars: values.map { [BarChart.Bar(value: $0)] }, valueLabel: "",
        decimals: decimals), id: id, isHalf: true, caption: "Mean over all queries of the run.")
  }

  /// Beside the expert persona in the prompt, which is what the adapter replaces.
  private static func savings(_ names: [String], _ costs: [String: StrategyCost]) -> [ReportMarkup]
  {
    guard let expert = costs["expert"], expert.promptTokens > 0, expert.seconds > 0 else {
      return []
    }
    return names.filter { $0 != "expert" && $0 != "base" }.compactMap { name in
      costs[name].map { cost in
        let tokens = expert.promptTokens - cost.promptTokens
        let share = ReportNumber.percent(abs(tokens) / expert.promptTokens)
        let time = (cost.seconds - expert.seconds) / expert.seconds * 100
        let change: ReportMarkup =
          tokens >= 0
          ? "saves \(ReportNumber.fixed(tokens, 1)) prompt tokens (\(share))"
          : "adds \(ReportNumber.fixed(-tokens, 1)) prompt tokens (\(share))"
        return
          "<strong>\(run: name)</strong> \(change) a query against the expert persona and takes \(ReportNumber.fixed(cost.seconds, 3)) seconds (\(ReportNumber.signed(time, 0))\u{A0}%)."
      }
    }
  }
}
