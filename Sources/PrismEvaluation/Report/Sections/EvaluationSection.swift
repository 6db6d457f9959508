extension ReportSection {
  /// Scores of every strategy on every benchmark.
  static func evaluation(_ evaluation: EvaluationResults) -> ReportSection? {
    let table = EvaluationTable(evaluation)
    guard !table.isEmpty else { return nil }
    var blocks: [ReportBlock] = []
    if let chart = table.chart {
      blocks.append(
        .figure(
          ReportFigure(
            chart, id: "fig-scores",
            caption:
              "Scores as a share of each benchmark's scale, so that benchmarks stand beside each other; whiskers are 95\u{A0}% bootstrap intervals.\(table.lowerIsBetter)"
          )))
    }
    blocks.append(.table(table.wholes))
    blocks += table.unreadableNotes.map { .note($0) }
    blocks += table.categoryTables.map { name, table in
      .fold(ReportFold(foldSummary: "\(run: name) by category", blocks: [.table(table)]))
    }
    if !evaluation.refusalAgreement.isEmpty {
      blocks.append(.subsection(refusals(evaluation.refusalAgreement)))
    }
    return ReportSection(anchor: "scores", sectionHeading: "Scores", blocks: blocks)
  }

  private static func refusals(_ agreement: [String: RefusalAgreement]) -> ReportSubsection {
    let rows = agreement.keys.sorted().compactMap { name in
      agreement[name].map {
        ReportTableRow(
          "\(run: name)",
          [
            "\(ReportNumber.percent($0.byPhrase))", "\(ReportNumber.percent($0.byJudge))",
            "\(ReportNumber.percent($0.agreement))",
            "\($0.kappa.map { ReportNumber.fixed($0, 2) } ?? "-")",
            "\(ReportNumber.count($0.count))",
          ])
      }
    }
    return ReportSubsection(
      subheading: "Refusals read two ways",
      blocks: [
        .paragraph(
          "Share of refusals among the same outputs, read by their opening phrases and by the judge, and how often both agree. Kappa is agreement beyond chance; where it is low, at least one of the readings is wrong often."
        ),
        .table(
          ReportTable(
            columns: [
              .text("Benchmark"), .number("Phrase"), .number("Judge"), .number("Agree"),
              .number("Kappa"), .number("Items"),
            ], rows: rows)),
      ])
  }
}
