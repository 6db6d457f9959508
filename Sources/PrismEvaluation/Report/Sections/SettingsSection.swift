extension ReportSection {
  /// Settings and provenance of the run.
  static func settings(_ content: ReportContent) -> ReportSection? {
    let facts = (content.evaluation.map { provenance($0.settings) } ?? []) + content.facts
    var blocks: [ReportBlock] = facts.isEmpty ? [] : [.facts(views(facts))]
    if !content.settings.isEmpty {
      blocks.append(
        .fold(
          ReportFold(
            foldSummary: "All \(ReportNumber.counted(content.settings.count, "setting"))",
            blocks: [.facts(views(content.settings))])))
    }
    if !content.efforts.isEmpty { blocks.append(.table(efforts(content.efforts))) }
    return blocks.isEmpty
      ? nil
      : ReportSection(
        anchor: "settings", sectionHeading: "Settings and provenance", blocks: blocks)
  }

  private static func views(_ facts: [ReportContent.Fact]) -> ReportItems<ReportFactView> {
    ReportItems(facts.map { ReportFactView(factName: "\($0.name)", factValue: "\($0.value)") })
  }

  private static func efforts(_ efforts: [ReportContent.StageEffort]) -> ReportTable {
    func row(_ name: ReportMarkup, _ seconds: Double, _ tokens: Double) -> ReportTableRow {
      let rate = seconds > 0 && tokens > 0 ? ReportNumber.fixed(tokens / seconds, 0) : "\u{2013}"
      return ReportTableRow(
        name, ["\(ReportNumber.fixed(seconds, 1))", "\(ReportNumber.fixed(tokens, 0))", "\(rate)"])
    }
    return ReportTable(
      caption: "What each stage took: tokens are those the model read and wrote.",
      columns: [
        .text("Stage"), .number("Seconds"), .number("Tokens"), .number("Tokens a second"),
      ],
      rows: efforts.map { row("\(run: $0.stage)", $0.seconds, Double($0.tokens)) } + [
        row(
          "all", efforts.reduce(0) { $0 + $1.seconds },
          efforts.reduce(0) { $0 + Double($1.tokens) })
      ])
  }

  private static func provenance(_ settings: EvaluationProvenance) -> [ReportContent.Fact] {
    let pairs: [(String, String?)] = [
      ("Model", settings.model), ("Model fingerprint", settings.modelFingerprint),
      ("Bundle", settings.bundle), ("Judge", settings.judge),
      ("Benchmarks", settings.benchmarks.joined(separator: ", ")),
      ("Strategies", settings.strategies.joined(separator: ", ")),
      (
        "Items a benchmark",
        settings.limit.map { "at most \(ReportNumber.count($0)), stratified by category" } ?? "all"
      ),
      ("Multiple choice", settings.promptStyle.map { "\($0) prompts" }),
      ("Worked examples", settings.shots.map(String.init)),
      ("Tokens of an answer", settings.maximumTokens.map { "at most \(ReportNumber.count($0))" }),
      ("Weights", settings.weights), ("Fine-tuned on", settings.run),
      ("Seed", String(settings.seed)), ("Created", settings.createdAt),
      ("PRISM version", settings.prismVersion),
    ]
    return pairs.compactMap { name, value in
      value.map { ReportContent.Fact(name: name, value: $0) }
    }
  }
}
