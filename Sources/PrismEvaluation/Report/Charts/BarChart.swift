/// Bars side by side in groups, from zero, with their intervals.
package struct BarChart: ReportChart {
  package struct Bar: Hashable, Sendable {
    package var value: Double
    package var low: Double?
    package var high: Double?

    package init(value: Double, low: Double? = nil, high: Double? = nil) {
      self.value = value
      self.low = low
      self.high = high
    }
  }

  package let name: String
  package let summary: String
  let groupLabel: String
  let groups: [String]
  let series: [String]
  /// `[group][series]`; absent where a series was not measured.
  let bars: [[Bar?]]
  let valueLabel: String
  let decimals: Int
  /// A dashed line across all groups, such as base's score.
  let reference: (value: Double, label: String)?

  package init(
    name: String, summary: String, groupLabel: String, groups: [String], series: [String],
    bars: [[Bar?]], valueLabel: String, decimals: Int = 1,
    reference: (value: Double, label: String)? = nil
  ) {
    self.name = name
    self.summary = summary
    self.groupLabel = groupLabel
    self.groups = groups
    self.series = series
    self.bars = bars
    self.valueLabel = valueLabel
    self.decimals = decimals
    self.reference = reference
  }

  /// Bars narrower than this are hard to tell apart.
  private static let narrowestBar = 8.0

  /// Groups are spread over several drawings with one scale where bars would get too narrow.
  package func drawings(id: String, width: Double) -> [SVGNode] {
    let room = (width - 60) * 0.75 / Self.narrowestBar
    let perPanel = max(1, Int(room) / max(1, series.count))
    let panelCount = (max(1, groups.count) + perPanel - 1) / perPanel
    let size = (max(1, groups.count) + panelCount - 1) / panelCount
    return (0..<panelCount).map { panel in
      let range = min(panel * size, groups.count)..<min((panel + 1) * size, groups.count)
      return plot(range, hasLegend: panel == 0).drawing(
        id: "\(id)-\(panel)", name: panelCount == 1 ? name : "\(name), part \(panel + 1)",
        summary: summary, width: width)
    }
  }

  private func plot(_ range: Range<Int>, hasLegend: Bool) -> ChartPlot {
    let all = bars.flatMap { $0 }.compactMap { $0 }
    let values = all.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] }
    var marks: [ChartMark] = []
    for (position, group) in range.enumerated() {
      for (slot, bar) in bars[group].enumerated() {
        guard let bar else { continue }
        marks.append(
          .bar(
            band: position, slot: slot, slots: series.count, to: bar.value, series: slot,
            tip: "\(groups[group]), \(series[slot]): \(text(bar))"))
        if let low = bar.low, let high = bar.high {
          marks.append(
            .whisker(band: position, slot: slot, slots: series.count, low: low, high: high))
        }
      }
    }
    if let reference { marks.append(.horizontalRule(reference.value)) }
    return ChartPlot(
      horizontal: .bands(range.map { groups[$0] }),
      vertical: .covering(
        values + (reference.map { [$0.value] } ?? []), zero: true, label: valueLabel),
      marks: marks, legend: hasLegend ? legend : [], plotHeight: 220)
  }

  private var legend: [ChartLegendEntry] {
    let names = series.count < 2 ? [] : series
    return names.indices.map { ChartLegendEntry(name: names[$0], series: $0, swatch: .fill) }
      + (reference.map { [ChartLegendEntry(name: $0.label, series: 0, swatch: .rule)] } ?? [])
  }

  private func text(_ bar: Bar) -> String {
    let value = ReportNumber.fixed(bar.value, decimals)
    guard let low = bar.low, let high = bar.high else { return value }
    return
      "\(value) (\(ReportNumber.fixed(low, decimals)) to \(ReportNumber.fixed(high, decimals)))"
  }

  package var table: ReportTable {
    ReportTable(
      caption: "\(valueLabel)",
      columns: [.text("\(groupLabel)")] + series.map { .number("\(run: $0)") },
      rows: groups.indices.map { group in
        ReportTableRow(
          "\(run: groups[group])", bars[group].map { $0.map { "\(text($0))" } ?? "–" })
      })
  }
}
