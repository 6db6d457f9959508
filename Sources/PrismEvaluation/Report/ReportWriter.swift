/// Writes a report as one HTML page that needs nothing else: no network, no script.
public enum ReportWriter {
  /// The page as UTF-8 text.
  ///
  /// Throws `EvaluationError.reportNumber` and `.reportShape` for content that cannot be shown, and
  /// `.reportResource` where the build lacks the templates.
  public static func html(_ content: ReportContent) throws -> String {
    try ReportContentCheck.check(content)
    return try ReportTemplates.render(page(content))
  }

  /// The page as values, before the template.
  static func page(_ content: ReportContent) throws -> ReportPage {
    let evaluation = content.evaluation
    let sections: [ReportSection?] = [
      .settings(content), .samples(content), .judging(content), .losses(content.losses),
      content.gate.map(ReportSection.gate), evaluation.flatMap(ReportSection.evaluation),
      evaluation.flatMap(ReportSection.comparisons), .study(content.study),
      evaluation.flatMap(ReportSection.routing), evaluation.flatMap(ReportSection.costs),
    ]
    return ReportPage(
      pageTitle: "\(content.title)", style: try ReportTemplates.styleSheet(),
      definitions: ChartSeriesStyle.patternDefinitions.markup, lead: ReportSummary(content).text,
      sections: sections.compactMap { $0 }, colophon: colophon(content))
  }

  private static func colophon(_ content: ReportContent) -> ReportMarkup {
    guard let settings = content.evaluation?.settings else {
      return content.prismVersion.map { "Written by PRISM \(run: $0)." } ?? "Written by PRISM."
    }
    return "Written by PRISM \(run: settings.prismVersion), \(run: settings.createdAt)."
  }
}
