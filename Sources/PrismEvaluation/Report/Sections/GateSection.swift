extension ReportSection {
  /// How well the gate tells rows apart that it never saw.
  static func gate(_ gate: ReportContent.Gate) -> ReportSection {
    var blocks: [ReportBlock] = []
    let tiles = tiles(gate)
    if !tiles.isEmpty { blocks.append(.tiles(ReportItems(tiles))) }
    if let words = majorityWords(gate) { blocks.append(.paragraph(words)) }
    let pair = [roc(gate), calibration(gate)].compactMap { $0 }
    if !pair.isEmpty { blocks.append(.figures(ReportItems(pair))) }
    if let figure = histogram(gate) { blocks.append(.figure(figure)) }
    if let confusion = gate.confusion { blocks += confusionBlocks(confusion, of: gate.rows) }
    blocks += gate.notes.map { .note("\($0)") }
    return ReportSection(anchor: "gate", sectionHeading: "Gate", blocks: blocks)
  }

  private static func tiles(_ gate: ReportContent.Gate) -> [ReportTile] {
    let all: [(Double?, ReportMarkup, ReportMarkup, (Double) -> String)] = [
      (gate.auroc, "AUROC", "0.5 is chance", { ReportNumber.fixed($0, 3) }),
      (gate.accuracy, "Accuracy", gate.rows.words, { ReportNumber.percent($0, 1) }),
      (
        gate.majorityAccuracy, "Majority baseline", "always the frequent class",
        { ReportNumber.percent($0, 1) }
      ),
      (
        gate.balancedAccuracy, "Balanced accuracy", "mean over both classes",
        { ReportNumber.percent($0, 1) }
      ),
      (gate.calibrationError, "Calibration error", "0 is perfect", { ReportNumber.fixed($0, 3) }),
    ]
    return all.compactMap { value, label, hint, format in
      value.map { ReportTile(tileValue: "\(format($0))", tileLabel: label, tileHint: hint) }
    }
  }

  private static func majorityWords(_ gate: ReportContent.Gate) -> ReportMarkup? {
    guard let accuracy = gate.accuracy, let majority = gate.majorityAccuracy else { return nil }
    let gain = (accuracy - majority) * 100
    return gain > 0
      ? "On the \(gate.rows.words) the gate is right \(ReportNumber.fixed(gain, 1)) points more often than the answer that is more frequent \(gate.rows.frequencyWords)."
      : "<strong>The gate is not better than always giving the more frequent answer</strong> on the \(gate.rows.words) (\(ReportNumber.signed(gain, 1)) points)."
  }

  private static func roc(_ gate: ReportContent.Gate) -> ReportFigure? {
    guard !gate.rocPoints.isEmpty else { return nil }
    let points = gate.rocPoints.map {
      ChartPoint(x: $0.falsePositiveRate, y: $0.truePositiveRate)
    }
    let chart = LineChart(
      name: "Receiver operating characteristic",
      summary:
        "Share of the adapter's \(gate.rows.noun) that are routed to it, over the share of base's that are routed to it too, for every threshold.",
      series: [.init(name: "gate", points: LineChart.picked([ChartPoint(x: 0, y: 0)] + points))],
      positionLabel: "Base \(gate.rows.noun) sent to the adapter",
      valueLabel: "Adapter \(gate.rows.noun) sent to the adapter",
      unitSquare: .init(diagonal: "chance"))
    let area: ReportMarkup = gate.auroc.map { "AUROC \(ReportNumber.fixed($0, 3)). " } ?? ""
    return ReportFigure(
      chart, id: "fig-roc", isHalf: true,
      caption: "\(area)The further above the diagonal, the better.")
  }

  private static func calibration(_ gate: ReportContent.Gate) -> ReportFigure? {
    let bins = gate.calibration.filter { $0.count > 0 }
    guard !bins.isEmpty else { return nil }
    let chart = LineChart(
      name: "Calibration",
      summary:
        "The share of \(gate.rows.noun) on which the adapter is right, over the gate's mean probability, by bin.",
      series: [
        .init(
          name: "gate",
          points: bins.map { ChartPoint(x: $0.meanProbability, y: $0.positiveShare) })
      ], positionLabel: "Mean probability of the gate",
      valueLabel: "Share where the adapter is right",
      unitSquare: .init(diagonal: "perfect"))
    let total = bins.reduce(0.0) { $0 + Double($1.count) }
    let error: ReportMarkup =
      gate.calibrationError.map { "Expected calibration error \(ReportNumber.fixed($0, 3)). " }
      ?? ""
    return ReportFigure(
      chart, id: "fig-calibration", isHalf: true,
      caption:
        "\(error)\(ReportNumber.fixed(total, 0)) \(gate.rows.noun) in \(ReportNumber.counted(bins.count, "bin")); bins with few \(gate.rows.noun) are uncertain."
    )
  }

  private static func histogram(_ gate: ReportContent.Gate) -> ReportFigure? {
    guard gate.histogram.contains(where: { $0.adapterCount > 0 || $0.baseCount > 0 }) else {
      return nil
    }
    let chart = HistogramChart(
      name: "Probabilities",
      summary:
        "How many \(gate.rows.plainWords) got which probability, split by the class they belong to.",
      series: ["adapter is right", "base is right"],
      bins: gate.histogram.map {
        .init(low: $0.low, high: $0.high, counts: [$0.adapterCount, $0.baseCount])
      }, positionLabel: "Probability that the adapter helps", valueLabel: gate.rows.heading,
      mark: (gate.threshold, "threshold \(ReportNumber.fixed(gate.threshold, 2))"))
    return ReportFigure(
      chart, id: "fig-histogram",
      caption:
        "What lies at or right of the threshold goes to the adapter.")
  }

  private static func confusionBlocks(
    _ confusion: ReportContent.Gate.Confusion, of rows: ReportContent.Gate.Rows
  ) -> [ReportBlock] {
    func row(_ name: ReportMarkup, _ adapter: Int, _ base: Int) -> ReportTableRow {
      ReportTableRow(name, ["\(ReportNumber.count(adapter))", "\(ReportNumber.count(base))"])
    }
    return [
      .subsection(
        ReportSubsection(
          subheading: "Routes taken and right routes",
          blocks: [
            .table(
              ReportTable(
                caption: "\(rows.heading); the right route by \(run: confusion.reference).",
                columns: [
                  .text("Right route"), .number("sent to adapter"), .number("sent to base"),
                ],
                rows: [
                  row("adapter", confusion.adapterToAdapter, confusion.adapterToBase),
                  row("base", confusion.baseToAdapter, confusion.baseToBase),
                ]))
          ]))
    ]
  }
}

extension ReportContent.Gate.Rows {
  /// One kind of row without what tells it from others.
  fileprivate var noun: String {
    switch self {
    case .heldOutQueries: "queries"
    case .benchmarkItems: "items"
    }
  }

  /// For plain text.
  fileprivate var plainWords: String {
    switch self {
    case .heldOutQueries: "held-out queries"
    case .benchmarkItems: "benchmark items"
    }
  }

  /// For the page.
  var words: ReportMarkup { "\(plainWords)" }

  fileprivate var heading: String {
    switch self {
    case .heldOutQueries: "Held-out queries"
    case .benchmarkItems: "Benchmark items"
    }
  }

  /// Where the more frequent answer was counted.
  fileprivate var frequencyWords: ReportMarkup {
    switch self {
    case .heldOutQueries: "in training"
    case .benchmarkItems: "among them"
    }
  }
}
