/// One piece of a section. The template asks for each by the name of its case.
enum ReportBlock: Sendable {
  case paragraph(ReportMarkup)
  /// A warning or caveat, set apart.
  case note(ReportMarkup)
  case list(ReportItems<ReportMarkup>)
  /// Settings and their values.
  case facts(ReportItems<ReportFactView>)
  /// A few numbers that matter most.
  case tiles(ReportItems<ReportTile>)
  case table(ReportTable)
  case figure(ReportFigure)
  /// Figures beside each other where there is room.
  case figures(ReportItems<ReportFigure>)
  case samples(ReportItems<ReportSampleView>)
  case subsection(ReportSubsection)
  /// Shown when asked for.
  case fold(ReportFold)
}

/// Several of a kind, so that the template can open and close what surrounds them.
struct ReportItems<Item: Sendable>: Sendable {
  let items: [Item]

  init(_ items: [Item]) { self.items = items }
}

struct ReportSection: Sendable {
  /// Names the section in links; letters and hyphens.
  let anchor: ReportMarkup
  let sectionHeading: ReportMarkup
  let blocks: [ReportBlock]
}

struct ReportFactView: Sendable {
  let factName: ReportMarkup
  let factValue: ReportMarkup
}

struct ReportTile: Sendable {
  let tileValue: ReportMarkup
  let tileLabel: ReportMarkup
  let tileHint: ReportMarkup
}

struct ReportSubsection: Sendable {
  let subheading: ReportMarkup
  let blocks: [ReportBlock]
}

struct ReportFold: Sendable {
  let foldSummary: ReportMarkup
  let blocks: [ReportBlock]
}

struct ReportSampleView: Sendable {
  let sampleHeading: ReportMarkup
  let queryText: ReportLongText
  let facts: ReportItems<ReportFactView>
  let answers: [ReportAnswerView]
}

struct ReportAnswerView: Sendable {
  let answerHeading: ReportMarkup
  let answerText: ReportLongText
}

/// Text of a run, its end folded away where it is long.
struct ReportLongText: Sendable {
  private static let shownCharacters = 600
  /// A rest shorter than this is not worth a click.
  private static let leastRest = 200

  let opening: ReportMarkup
  let rest: ReportMarkup?
  let restCount: ReportMarkup

  init(_ text: String) {
    let isLong = text.count > Self.shownCharacters + Self.leastRest
    let cut = isLong ? Self.cut(in: text) : text.endIndex
    opening = ReportMarkup(text: String(text[..<cut]))
    rest = isLong ? ReportMarkup(text: String(text[cut...])) : nil
    restCount = "\(ReportNumber.count(text[cut...].count))"
  }

  /// After the last space before the limit, if there is one near it.
  private static func cut(in text: String) -> String.Index {
    let limit = text.index(text.startIndex, offsetBy: shownCharacters)
    let near = text.index(limit, offsetBy: -80)
    return text[near..<limit].lastIndex(where: \.isWhitespace).map(text.index(after:)) ?? limit
  }
}
