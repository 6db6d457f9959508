extension ReportSection {
  /// Queries with both answers side by side.
  static func samples(_ content: ReportContent) -> ReportSection? {
    let samples = content.samples
    guard !samples.isEmpty else { return nil }
    let views = samples.enumerated().map { index, sample in
      ReportSampleView(
        sampleHeading: "Query \(index + 1)", queryText: ReportLongText(sample.query),
        facts: ReportItems(facts(sample)),
        answers: [
          ReportAnswerView(
            answerHeading: "Base answer", answerText: ReportLongText(sample.baseAnswer)),
          ReportAnswerView(
            answerHeading: "Persona answer", answerText: ReportLongText(sample.personaAnswer)),
        ])
    }
    return ReportSection(
      anchor: "samples", sectionHeading: "Sample queries",
      blocks: [
        .paragraph(
          "Each query was answered twice: without a persona and with its persona as the system prompt. The verdict is the judge's log-odds for the persona answer, averaged over both orders; the gate's probability says how sure it is that the adapter helps."
        )
      ] + (content.sampleChoice.map { [.paragraph("\($0)")] } ?? [])
        + [.samples(ReportItems(views))])
  }

  private static func facts(_ sample: ReportContent.Sample) -> [ReportFactView] {
    // A near tie has a winner all the same: show by how little.
    let verdict = [
      sample.verdict.map { "\(run: $0)" as ReportMarkup },
      sample.logOdds.map {
        "\(ReportNumber.signed($0, abs($0) < 0.05 ? 4 : 2)) nats" as ReportMarkup
      },
    ].compactMap { $0 }
    let pairs: [(ReportMarkup, ReportMarkup?)] = [
      ("Persona", "\(run: sample.persona)"),
      ("Verdict", verdict.isEmpty ? nil : .joined(verdict, separator: ", ")),
      ("Gate", sample.gateProbability.map { "\(ReportNumber.fixed($0, 2))" }),
      ("Route", sample.route.map { "\(run: $0)" }),
      ("Part", sample.split.map { "\(run: $0)" }),
    ]
    return pairs.compactMap { name, value in
      value.map { ReportFactView(factName: name, factValue: $0) }
    }
  }
}
