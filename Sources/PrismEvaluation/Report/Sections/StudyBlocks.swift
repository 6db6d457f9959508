/// One benchmark of the study: bars by length, and for each length and placement a map of categories
/// and a table of personas. The longest personas in the system text, which the paper's figure shows,
/// stand open; the others are folded away.
struct StudyBlocks {
  private struct Placement: Hashable {
    let length: String
    let place: String

    var words: ReportMarkup { "\(run: length) personas, \(run: place) placement" }
  }

  private let study: ReportContent.StudyBenchmark
  private let text: ScoreText
  /// Of the benchmark, for names that are unique on the page.
  private let index: Int

  init(_ study: ReportContent.StudyBenchmark, index: Int) {
    self.study = study
    self.index = index
    text = ScoreText(study.scale)
  }

  var all: [ReportBlock] {
    var blocks: [ReportBlock] = []
    if study.placesAreOne {
      blocks.append(
        .note(
          "A raw question has no turns: the persona stands before it whatever the placement, so the system placement stands for both."
        ))
    }
    if let lengths { blocks.append(.figure(lengths)) }
    if let words = chance { blocks.append(.note(words)) }
    let ordered = placements
    for (position, placement) in ordered.enumerated() {
      let own = [effects(placement, position).map(ReportBlock.figure)] + table(placement)
      let shown = own.compactMap { $0 }
      guard position > 0 else {
        blocks += shown
        continue
      }
      blocks.append(.fold(ReportFold(foldSummary: placement.words, blocks: shown)))
    }
    return blocks
  }

  /// The paper's own first, then in the order of the run.
  private var placements: [Placement] {
    var seen: Set<Placement> = []
    let found =
      study.personas.map { Placement(length: $0.length, place: $0.placement) }
      + study.effects.map { Placement(length: $0.length, place: $0.placement) }
    let unique = found.filter { seen.insert($0).inserted }
    let first = Placement(length: "long", place: "system")
    return unique.filter { $0 == first } + unique.filter { $0 != first }
  }

  // MARK: Lengths

  private var lengths: ReportFigure? {
    guard !study.lengths.isEmpty else { return nil }
    let lengths = ReportOrder.unique(study.lengths.map(\.length))
    let placements = ReportOrder.unique(study.lengths.map(\.placement))
    let chart = BarChart(
      name: "Score by length of the persona",
      summary:
        "Bars of the mean score over personas, one group a length and one bar a placement, beside base.",
      groupLabel: "Length", groups: lengths, series: placements.map { "\($0) placement" },
      bars: lengths.map { length in
        placements.map { placement in
          study.lengths.first { $0.length == length && $0.placement == placement }.map {
            BarChart.Bar(
              value: text.axisValue($0.score.score), low: text.axisValue($0.score.low),
              high: text.axisValue($0.score.high))
          }
        }
      }, valueLabel: "Score" + text.axisUnit, decimals: text.decimals,
      reference: study.base.map { (text.axisValue($0.score), "base \(text.score($0.score))") })
    return ReportFigure(
      chart, id: "fig-lengths-\(index)",
      caption:
        "Means over all personas with 95\u{A0}% intervals\(study.scale.higherIsBetter ? "" : "; lower is better"). \(lengthWords)"
    )
  }

  /// What the differences from base, item by item, support.
  private var lengthWords: ReportMarkup {
    let paired = study.lengths.filter { $0.comparison != nil }
    guard !paired.isEmpty else { return "" }
    let parts = paired.compactMap { entry -> ReportMarkup? in
      entry.comparison.map { comparison in
        "\(run: entry.length) (\(run: entry.placement)) \(text.difference(comparison.difference)) (\(text.signedInterval(comparison.low, comparison.high)))"
      }
    }
    let open = paired.filter { entry in
      entry.comparison.map { ComparisonWords($0, scale: study.scale).finding } == .notSupported
    }
    let verdict: ReportMarkup =
      open.isEmpty
      ? "All of these differences are supported: no interval reaches zero, and each p is under 0.05."
      : "For \(ReportMarkup.joined(open.map { "\(run: $0.length) (\(run: $0.placement))" }, separator: ", ")) the interval reaches zero or p is 0.05 or more: there the numbers do not support a difference."
    return
      "Minus base, paired item by item: \(.joined(parts, separator: ", ")). \(verdict)"
  }

  // MARK: Personas

  private var findings: [ComparisonWords.Finding] {
    study.personas.compactMap { persona in
      persona.comparison.map { ComparisonWords($0, scale: study.scale).finding }
    }
  }

  /// Many comparisons find something by chance.
  private var chance: ReportMarkup? {
    let all = findings
    guard all.count > 5 else { return nil }
    return
      "Of \(ReportNumber.count(all.count)) comparisons of single personas with base, \(all.count { $0 == .better }) are better and \(all.count { $0 == .worse }) worse; in \(all.count { $0 == .notSupported }) the numbers do not support a difference. If no persona changed anything, about \(ReportNumber.fixed(Double(all.count) * 0.05, 1)) would differ by chance alone."
  }

  private func table(_ placement: Placement) -> [ReportBlock?] {
    let own = study.personas.filter {
      $0.length == placement.length && $0.placement == placement.place
    }
    guard !own.isEmpty else { return [] }
    let table = ReportTable(
      caption: "Whole benchmark, \(placement.words), with 95\u{A0}% intervals",
      columns: [
        .text("Persona"), .number("Score"), .number("Interval"), .number("Minus base"),
        .number("Interval"), .number("p"), .number("Items"),
      ],
      rows: own.map { persona in
        ReportTableRow(
          "\(run: persona.persona)",
          [
            "\(text.score(persona.score.score))",
            "\(text.interval(persona.score.low, persona.score.high))",
          ]
            + (persona.comparison.map { comparison -> [ReportMarkup] in
              [
                "\(text.signedNumber(comparison.difference))",
                "\(text.signedInterval(comparison.low, comparison.high))",
                "\(ReportNumber.pValue(comparison.pValue))",
                "\(ReportNumber.count(comparison.count))",
              ]
            } ?? ["–", "–", "–", "–"]))
      })
    return [.table(table), .paragraph(words(own))]
  }

  private func words(_ own: [ReportContent.PersonaScore]) -> ReportMarkup {
    func names(_ finding: ComparisonWords.Finding) -> [ReportMarkup] {
      own.compactMap { persona in
        persona.comparison.flatMap {
          ComparisonWords($0, scale: study.scale).finding == finding
            ? "\(run: persona.persona)" : nil
        }
      }
    }
    let parts: [(ComparisonWords.Finding, ReportMarkup)] = [
      (.better, "Better than base"), (.worse, "Worse than base"),
      (.notSupported, "The numbers do not support a difference"),
    ]
    return .joined(
      parts.compactMap { finding, heading in
        let found = names(finding)
        return found.isEmpty ? nil : "\(heading): \(.joined(found, separator: ", "))."
      }, separator: " ")
  }

  // MARK: Categories

  private func effects(_ placement: Placement, _ position: Int) -> ReportFigure? {
    let own = study.effects.filter {
      $0.length == placement.length && $0.placement == placement.place
    }
    guard !own.isEmpty else { return nil }
    let personas = ReportOrder.unique(own.map(\.persona))
    let categories = ReportOrder.unique(own.map(\.category))
    let unit = text.differenceUnit.isEmpty ? "in units of the score" : "in points"
    let chart = HeatMap(
      name: "Persona minus base, by category",
      summary: "Difference of each persona's score from base, \(unit), by category.",
      rowLabel: "Category", rows: categories, columns: personas,
      values: categories.map { category in
        personas.map { persona in
          own.first { $0.persona == persona && $0.category == category }?.difference
        }
      }, higherIsBetter: study.scale.higherIsBetter, format: { [text] in text.signedNumber($0) })
    let marked = own.compactMap(\.isSupported)
    let open = marked.count { !$0 }
    let words: ReportMarkup =
      marked.isEmpty
      ? " Single cells rest on few items and have no interval."
      : " In \(ReportNumber.count(open)) of \(ReportNumber.count(marked.count)) cells the numbers do not support a difference."
    return ReportFigure(
      chart, id: "fig-effects-\(index)-\(position)",
      caption: "\(placement.words): difference from base, \(unit).\(words)")
  }
}
