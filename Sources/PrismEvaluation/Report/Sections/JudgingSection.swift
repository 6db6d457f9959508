extension ReportSection {
  /// Distill and retain by persona, and what the judge does whatever the answers are.
  static func judging(_ content: ReportContent) -> ReportSection? {
    var blocks: [ReportBlock] = []
    if !content.verdicts.isEmpty { blocks.append(.figure(verdicts(content.verdicts))) }
    if let judge = content.judge { blocks += bias(judge) }
    return blocks.isEmpty
      ? nil : ReportSection(anchor: "judging", sectionHeading: "Verdicts", blocks: blocks)
  }

  private static func verdicts(_ verdicts: [ReportContent.PersonaVerdicts]) -> ReportFigure {
    let hasUnreadable = verdicts.contains { $0.unreadable > 0 }
    let chart = StackedBars(
      name: "Queries to distill and to retain, by persona",
      summary:
        "Lying bars, one a persona, split into queries the persona answer won and queries base keeps.",
      rowLabel: "Persona", rows: verdicts.map(\.persona),
      series: ["distill (persona won)", "retain (base keeps)"]
        + (hasUnreadable ? ["unreadable"] : []),
      counts: verdicts.map { [$0.distill, $0.retain] + (hasUnreadable ? [$0.unreadable] : []) },
      valueLabel: "Queries")
    return ReportFigure(
      chart, id: "fig-verdicts",
      caption:
        "The adapter learns from the queries to distill; the gate learns to tell both kinds apart.")
  }

  private static func bias(_ judge: ReportContent.JudgeBias) -> [ReportBlock] {
    var tiles: [ReportTile] = []
    var sentences: [ReportMarkup] = []
    if let bias = judge.positionBias {
      tiles.append(
        ReportTile(
          tileValue: "\(ReportNumber.signed(bias, 2))", tileLabel: "Position bias",
          tileHint: "nats for the first answer"))
      let place = bias > 0 ? "first" : "second"
      sentences.append(
        "<strong>Position bias:</strong> whatever the answers were, the judge favoured the one that stood \(place) by \(ReportNumber.fixed(abs(bias), 2)) nats on average; reading both orders cancels this."
      )
    }
    if let mass = judge.letterMass {
      tiles.append(
        ReportTile(
          tileValue: "\(ReportNumber.percent(mass, 1))", tileLabel: "Letter mass",
          tileHint: "on the letters A and B"))
      sentences.append(
        "<strong>Letter mass:</strong> the judge put \(ReportNumber.percent(mass, 1)) of its probability on the two letters; \(mass < 0.5 ? "with this little, its log-odds are to be read with care" : "the rest went to other words and is left out of the log-odds")."
      )
    }
    if let correlation = judge.lengthCorrelation {
      tiles.append(
        ReportTile(
          tileValue: "\(ReportNumber.signed(correlation, 2))", tileLabel: "Verbosity correlation",
          tileHint: "verdict with extra length"))
      sentences.append(
        "<strong>Verbosity:</strong> the verdict's correlation with how much longer the persona answer is comes to \(ReportNumber.signed(correlation, 2)), which is \(strength(correlation))."
      )
    }
    guard !sentences.isEmpty else { return [] }
    return [
      .subsection(
        ReportSubsection(
          subheading: "Judge bias",
          blocks: [
            .paragraph(
              "Over \(ReportNumber.counted(judge.pairCount, "pair")), each judged in both orders:"),
            .tiles(ReportItems(tiles)), .list(ReportItems(sentences)),
          ]))
    ]
  }

  private static func strength(_ correlation: Double) -> String {
    if abs(correlation) < 0.1 { return "next to nothing" }
    let side = correlation > 0 ? "longer" : "shorter"
    return (abs(correlation) < 0.3 ? "a weak" : abs(correlation) < 0.5 ? "a moderate" : "a strong")
      + " leaning to \(side) answers"
  }
}
