import PrismPipeline

/// The numbers of a run in words.
struct RunSummary {
  let metrics: RunMetrics

  func show(on printer: Printer) throws {
    try printer.line(printer.style.bold("What came out"))
    try printer.table(rows)
  }

  private var rows: [(name: String, value: String)] {
    var rows = [
      (
        "queries", "\(metrics.queries): \(metrics.distill) distill, \(metrics.retain) retain"
      ),
      (
        "verdicts",
        "persona \(metrics.verdicts.persona), base \(metrics.verdicts.base), undecided "
          + "\(metrics.verdicts.undecided), unreadable \(metrics.verdicts.unreadable)"
      ),
      ("judge", judge),
    ]
    if let gate = metrics.gate { rows.append(("gate", words(gate))) }
    if let distillation = metrics.distillation { rows += words(distillation) }
    let seconds = metrics.seconds.values.reduce(0, +)
    let tokens = metrics.tokens.values.reduce(0, +)
    var effort = "\(Quantity.seconds(seconds)), \(Quantity.count(tokens)) tokens"
    if let peak = metrics.peakResidentBytes {
      effort += ", at most \(Quantity.bytes(peak)) of memory"
    }
    rows.append(("effort", effort))
    return rows
  }

  private var judge: String {
    var parts: [String] = []
    if let bias = metrics.judge.positionBias {
      parts.append(
        "leans to answer \(bias > 0 ? "A" : "B") by \(Quantity.decimal(abs(bias), 2)) nats "
          + "whatever it says")
    }
    if let mass = metrics.judge.letterMass {
      parts.append("\(Quantity.decimal(mass * 100, 0)) % of its probability on the letters")
    }
    if let correlation = metrics.judge.lengthCorrelation {
      parts.append("correlation with length \(Quantity.decimal(correlation, 2))")
    }
    return parts.isEmpty ? "nothing readable" : parts.joined(separator: "; ")
  }

  private func words(_ gate: RunMetrics.Gate) -> String {
    guard let accuracy = gate.heldOutAccuracy else {
      return "\(gate.heldOutCount) held-out queries, too few to measure"
    }
    var text = "\(percent(accuracy)) right on \(gate.heldOutCount) held-out queries"
    if let majority = gate.majorityAccuracy {
      text += " (always the larger class: \(percent(majority)))"
    }
    if let auroc = gate.auroc { text += ", AUROC \(Quantity.decimal(auroc, 2))" }
    return text
  }

  private func words(_ result: RunMetrics.Distillation) -> [(name: String, value: String)] {
    var rows: [(name: String, value: String)] = []
    if let before = result.heldOutKLBefore, let after = result.heldOutKLAfter {
      let share = before > 0 ? " (\(Quantity.decimal(after / before, 2)) of it)" : ""
      rows.append(
        (
          "held-out KL",
          "\(Quantity.decimal(before, 4)) before, \(Quantity.decimal(after, 4)) after\(share)"
        ))
    }
    if let before = result.heldOutTop1AgreementBefore, let after = result.heldOutTop1AgreementAfter
    {
      rows.append(("same top token", "\(percent(before)) before, \(percent(after)) after"))
    }
    if let first = result.stepZeroLoss, let last = result.lastLoss {
      rows.append(
        ("training loss", "\(Quantity.decimal(first, 4)) to \(Quantity.decimal(last, 4))"))
    }
    return rows
  }

  private func percent(_ share: Double) -> String { Quantity.decimal(share * 100, 1) + " %" }
}
