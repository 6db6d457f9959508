/// The report's first paragraph: what the numbers say, in sentences.
struct ReportSummary {
  private let content: ReportContent

  init(_ content: ReportContent) { self.content = content }

  var text: ReportMarkup {
    let sentences = [judged, trained, gated, overall, compared, saved].compactMap { $0 }
    return sentences.isEmpty
      ? "This report holds no results yet." : .joined(sentences, separator: " ")
  }

  private var judged: ReportMarkup? {
    let distill = content.verdicts.reduce(0.0) { $0 + Double($1.distill) }
    let retain = content.verdicts.reduce(0.0) { $0 + Double($1.retain) }
    let unreadable = content.verdicts.reduce(0.0) { $0 + Double($1.unreadable) }
    let total = distill + retain + unreadable
    guard total > 0 else { return nil }
    let lost: ReportMarkup =
      unreadable > 0 ? "; \(ReportNumber.fixed(unreadable, 0)) could not be read" : ""
    return
      "Of \(ReportNumber.fixed(total, 0)) queries, the persona answer won \(ReportNumber.fixed(distill, 0)) (\(ReportNumber.percent(distill / total))), which are distilled, and base keeps \(ReportNumber.fixed(retain, 0))\(lost)."
  }

  private var trained: ReportMarkup? {
    let changes = content.losses.compactMap { curve -> ReportMarkup? in
      // The last series is the held-out one where there is one.
      guard let series = curve.series.last, let first = series.losses.first,
        let last = series.losses.last, series.losses.count > 1
      else { return nil }
      let verb = last < first ? "fell" : last > first ? "rose" : "stayed"
      let note: ReportMarkup = curve.note.map { " (\($0))" } ?? ""
      return
        "the \(curve.name) loss (\(series.name)) \(verb) from \(ReportNumber.fixed(first, 3)) to \(ReportNumber.fixed(last, 3))\(note)"
    }
    return changes.isEmpty ? nil : "In training, \(.joined(changes, separator: " and "))."
  }

  private var gated: ReportMarkup? {
    guard let gate = content.gate else { return nil }
    var parts: [ReportMarkup] = []
    if let accuracy = gate.accuracy {
      let majority: ReportMarkup =
        gate.majorityAccuracy.map {
          ", where always giving the more frequent answer is right on \(ReportNumber.percent($0, 1))"
        } ?? ""
      parts.append(
        "routes \(ReportNumber.percent(accuracy, 1)) of \(gate.rows.words) rightly\(majority)")
    }
    if let auroc = gate.auroc { parts.append("has an AUROC of \(ReportNumber.fixed(auroc, 3))") }
    return parts.isEmpty ? nil : "The gate \(.joined(parts, separator: ", and "))."
  }

  private var overall: ReportMarkup? {
    guard let evaluation = content.evaluation, !evaluation.overall.isEmpty else { return nil }
    let names = ReportOrder.strategies(of: evaluation).filter { evaluation.overall[$0] != nil }
    let scores = names.compactMap { name in
      evaluation.overall[name].map {
        "\(run: name) \(ScoreText.overall.score($0.score))" as ReportMarkup
      }
    }
    return
      "Overall score (0 to 100, mean of the sub-categories): \(.joined(scores, separator: ", "))."
  }

  private var compared: ReportMarkup? {
    guard let evaluation = content.evaluation else { return nil }
    let findings = ReportComparisons(evaluation).wholes.map(\.finding)
    guard !findings.isEmpty else { return nil }
    let open = findings.count { $0 == .notSupported }
    let rest: ReportMarkup =
      open == 0 ? "" : "; in \(open) the numbers do not support a difference"
    return
      "Of \(ReportNumber.counted(findings.count, "comparison")) with base over whole benchmarks, \(findings.count { $0 == .better }) are better and \(findings.count { $0 == .worse }) worse\(rest)."
  }

  private var saved: ReportMarkup? {
    guard let evaluation = content.evaluation, let cost = evaluation.costs["prism"],
      let expert = evaluation.costs["expert"], expert.promptTokens > 0
    else { return nil }
    let difference = expert.promptTokens - cost.promptTokens
    guard difference > 0 else { return nil }
    return
      "Against prompting with the expert persona, PRISM saves \(ReportNumber.fixed(difference, 0)) prompt tokens a query (\(ReportNumber.percent(difference / expert.promptTokens)))."
  }
}
