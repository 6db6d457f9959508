extension ReportSection {
  /// Settings and provenance of the run.
  static func settings(_ content: ReportContent) -> ReportSection? {
    let facts = (content.evaluation.map { provenance($0.settings) } ?? []) + content.facts
    guard !facts.isEmpty else { return nil }
    return ReportSection(
      anchor: "settings", sectionHeading: "Settings and provenance",
      blocks: [
        .facts(
          ReportItems(
            facts.map { ReportFactView(factName: "\($0.name)", factValue: "\($0.value)") }))
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
      ("Seed", String(settings.seed)), ("Created", settings.createdAt),
      ("PRISM version", settings.prismVersion),
    ]
    return pairs.compactMap { name, value in
      value.map { ReportContent.Fact(name: name, value: $0) }
    }
  }
}
