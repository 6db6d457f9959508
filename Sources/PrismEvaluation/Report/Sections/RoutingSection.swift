extension ReportSection {
  /// Whether the gate opens where personas help.
  static func routing(_ evaluation: EvaluationResults) -> ReportSection? {
    guard !evaluation.routing.isEmpty else { return nil }
    let benchmarks = ReportOrder.names(
      listed: evaluation.settings.benchmarks, present: Set(evaluation.routing.map(\.benchmark)))
    let known = evaluation.routing.filter { $0.personaEffect != nil }
    var blocks: [ReportBlock] = []
    if !known.isEmpty {
      blocks.append(
        .figure(
          ReportFigure(
            chart(known, benchmarks.filter { name in known.contains { $0.benchmark == name } }),
            id: "fig-routing", caption: caption(evaluation.routingCorrelation))))
    }
    let table = ReportTable(
      caption: "Share of queries that the gate routes to the adapter",
      columns: [.text("Category"), .number("Routed"), .number("Persona effect"), .number("Items")],
      groups: benchmarks.map { name in
        ReportTableGroup(
          heading: "\(run: name)",
          rows: evaluation.routing.filter { $0.benchmark == name }.map { row in
            ReportTableRow(
              "\(run: row.category)",
              [
                "\(ReportNumber.percent(row.share, 1))",
                row.personaEffect.map { "\(ReportNumber.signed($0 * 100, 1))" } ?? "–",
                "\(ReportNumber.count(row.count))",
              ])
          })
      })
    blocks.append(
      known.isEmpty
        ? .table(table)
        : .fold(ReportFold(foldSummary: "Routing by category", blocks: [.table(table)])))
    return ReportSection(
      anchor: "routing", sectionHeading: "Routing and persona effect", blocks: blocks)
  }

  private static func chart(_ rows: [RoutingShare], _ benchmarks: [String]) -> ScatterChart {
    ScatterChart(
      name: "Routing share against persona effect",
      summary:
        "One dot a category: how much the expert persona changes its score, and how much of it the gate routes to the adapter.",
      series: benchmarks,
      dots: rows.map { row in
        let isWhole = row.category == EvaluationResults.allCategories
        return ScatterChart.Dot(
          name: isWhole ? row.benchmark : row.category,
          series: benchmarks.firstIndex(of: row.benchmark) ?? 0,
          point: ChartPoint(x: (row.personaEffect ?? 0) * 100, y: row.share * 100))
      }, positionLabel: "Expert persona minus base, % of the scale",
      valueLabel: "Routed to the adapter, %")
  }

  private static func caption(_ correlation: CorrelationPair?) -> ReportMarkup {
    let labels: ReportMarkup =
      "Names that would cover others are left out; the table has all."
    guard let correlation else {
      return "Fewer than three categories, or no variation: no correlation. \(labels)"
    }
    return
      "Pearson \(ReportNumber.fixed(correlation.pearson, 2)), Spearman \(ReportNumber.fixed(correlation.spearman, 2)) over \(ReportNumber.counted(correlation.count, "category", "categories")). A gate that opens where personas help has dots from lower left to upper right. \(labels)"
  }
}
