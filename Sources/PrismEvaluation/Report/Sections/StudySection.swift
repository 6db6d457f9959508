extension ReportSection {
  /// When personas help: by length, and by persona and category.
  static func study(_ benchmarks: [ReportContent.StudyBenchmark]) -> ReportSection? {
    let drawn = benchmarks.filter {
      !$0.lengths.isEmpty || !$0.personas.isEmpty || !$0.effects.isEmpty
    }
    guard !drawn.isEmpty else { return nil }
    let blocks = drawn.enumerated().map { index, study in
      ReportBlock.subsection(
        ReportSubsection(
          subheading: "\(run: study.benchmark)", blocks: StudyBlocks(study, index: index).all))
    }
    return ReportSection(
      anchor: "study", sectionHeading: "When do personas help?", blocks: blocks)
  }
}
