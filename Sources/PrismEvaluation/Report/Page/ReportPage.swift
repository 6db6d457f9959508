/// All that the page's template shows.
struct ReportPage: Sendable {
  let pageTitle: ReportMarkup
  let style: ReportMarkup
  let definitions: ReportMarkup
  let lead: ReportMarkup
  let sections: [ReportSection]
  let colophon: ReportMarkup
}
