import Foundation
import PrismEvaluation
import Testing

@Suite("Charts of unusual inputs")
struct ChartInputTests {
  private static func all(_ values: [Double]) -> [any ReportChart] {
    let names = values.indices.map { "n\($0)" }
    return [
      BarChart(
        name: "bars", summary: "s", groupLabel: "g", groups: names, series: ["x"],
        bars: values.map { [.init(value: $0, low: $0, high: $0)] }, valueLabel: "v"),
      StackedBars(
        name: "stacked", summary: "s", rowLabel: "r", rows: names, series: ["x", "y"],
        counts: values.map { [Int(abs($0)), 0] }, valueLabel: "v"),
      LineChart(
        name: "line", summary: "s",
        series: [.init(name: "x", points: values.map { ChartPoint(x: $0, y: $0) })],
        positionLabel: "p", valueLabel: "v"),
      ScatterChart(
        name: "scatter", summary: "s", series: ["x"],
        dots: values.map { .init(name: "d", series: 0, point: ChartPoint(x: $0, y: $0)) },
        positionLabel: "p", valueLabel: "v"),
      HistogramChart(
        name: "histogram", summary: "s", series: ["x", "y"],
        bins: values.map { .init(low: $0, high: $0, counts: [Int(abs($0)), 1]) },
        positionLabel: "p", valueLabel: "v", mark: (0.5, "mark")),
      IntervalChart(
        name: "interval", summary: "s", findings: [.init(name: "f", series: 0)],
        rows: values.map { .init(name: "r", low: $0, middle: $0, high: $0, series: 0) },
        rowLabel: "r", valueLabel: "v"),
      HeatMap(
        name: "heat", summary: "s", rowLabel: "r", rows: names, columns: names,
        values: values.map { value in values.map { _ in value } },
        format: { ReportNumber.signed($0, 1) }),
    ]
  }

  @Test(
    "empty, single, constant, tiny and huge data are drawn with finite coordinates",
    arguments: [
      [], [0], [7], [-7], [3, 3, 3], [0, 0], [1e-9, 2e-9], [-1e9, 1e9], [0.1, 0.2, 1e7],
    ])
  func unusual(values: [Double]) throws {
    for chart in Self.all(values) {
      for width in [ChartWidth.narrow, ChartWidth.half, ChartWidth.wide] {
        for drawing in chart.drawings(id: "i", width: width) {
          let svg = drawing.markup.html
          #expect(svg.range(of: "nan|inf", options: .regularExpression) == nil, "\(chart.name)")
          try expectInside(drawing, chart.name)
        }
      }
      #expect(chart.table.groups.flatMap(\.rows).count >= (values.isEmpty ? 0 : 1))
    }
  }

  /// Every rectangle lies within the view box.
  private func expectInside(_ drawing: SVGNode, _ name: String) throws {
    let box = try #require(drawing["viewBox"]).split(separator: " ").compactMap { Double($0) }
    for className in ["bar", "cell", "plate"] {
      for node in drawing.all(withClass: className) {
        let place = ["x", "y", "width", "height"].compactMap { node[$0].flatMap(Double.init) }
        try #require(place.count == 4)
        #expect(place[0] >= -0.01 && place[0] + place[2] <= box[2] + 0.01, "\(name)")
        #expect(place[1] >= -0.01 && place[1] + place[3] <= box[3] + 0.01, "\(name)")
      }
    }
  }

  @Test("colours of a heat map around zero", arguments: [true, false])
  func heatSteps(isUp: Bool) {
    let map = HeatMap(
      name: "n", summary: "s", rowLabel: "r", rows: ["a"], columns: ["x", "y", "z"],
      values: [[-8, 4, nil]], higherIsBetter: isUp, format: { ReportNumber.signed($0, 1) })
    let sign = isUp ? 1 : -1
    // 8 is the strongest; a step is a quarter of it, rounded.
    for (value, step) in [(-8.0, -4), (-3, -2), (-0.9, 0), (0, 0), (1.1, 1), (4, 2), (8, 4)] {
      #expect(map.step(value) == sign * step)
    }
    let drawing = map.drawings(id: "i", width: 840)[0]
    #expect(drawing.all(withClass: "cell-text").map(\.text) == ["\u{2212}8.0", "+4.0"])
    #expect(drawing.all(withClass: isUp ? "ink-m4" : "ink-p4").map(\.text) == ["\u{2212}8.0"])
  }

  @Test("columns that do not fit continue below")
  func heatPanels() {
    let columns = (0..<12).map { "persona \($0)" }
    let map = HeatMap(
      name: "n", summary: "s", rowLabel: "r", rows: ["category"], columns: columns,
      values: [columns.indices.map { Double($0) - 6 }], format: { ReportNumber.signed($0, 1) })
    let panels = map.drawings(id: "i", width: ChartWidth.narrow)
    #expect(panels.map { $0.all(withClass: "cell-text").count } == [6, 6])
    #expect(panels.flatMap { $0.all(withClass: "cell-text") }.count == 12)
    #expect(map.drawings(id: "i", width: ChartWidth.wide).count == 1)
  }

  @Test("thinned lines keep their ends or their mean")
  func thinning() {
    let points = (0..<1000).map { ChartPoint(x: Double($0), y: Double($0 % 2)) }
    let averaged = LineChart.averaged(points, limit: 10)
    #expect(averaged.map(\.y) == Array(repeating: 0.5, count: 10))
    #expect(averaged.first?.x == 49.5)
    let picked = LineChart.picked(points, limit: 10)
    #expect(picked.count == 10 && picked.first == points.first && picked.last == points.last)
    #expect(LineChart.averaged(Array(points.prefix(5)), limit: 10) == Array(points.prefix(5)))
  }
}
