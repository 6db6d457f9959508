import PrismEvaluation
import Testing

@Suite("Chart geometry")
struct ChartGeometryTests {
  private func number(_ node: SVGNode, _ name: String) throws -> Double {
    try #require(node[name].flatMap(Double.init))
  }

  private func bars(_ groups: [String], _ series: [String], _ bars: [[BarChart.Bar?]]) -> BarChart {
    BarChart(
      name: "n", summary: "s", groupLabel: "g", groups: groups, series: series, bars: bars,
      valueLabel: "")
  }

  @Test("two bars and a whisker by hand")
  func twoBars() throws {
    let chart = bars(
      ["a", "b"], ["x"], [[.init(value: 10)], [.init(value: 5, low: 4, high: 7)]])
    let drawing = try #require(chart.drawings(id: "i", width: 360).first)
    let nodes = drawing.all(withClass: "bar")
    // No legend and no label: the plot runs from y = 8 to 228. Ticks 0, 5, 10; the label "10" takes
    // 2 x 0.63 x 12 = 15.12 and a gap of 8, so it runs from x = 23.12 to 360 - 14 = 346. A band is
    // 322.88 / 2 = 161.44 wide, its bar three quarters of that, 121.08, in the middle.
    #expect(try nodes.map { try number($0, "height") } == [220, 110])
    #expect(try nodes.map { try number($0, "y") } == [8, 118])
    #expect(try nodes.map { try number($0, "width") } == [121.08, 121.08])
    #expect(try nodes.map { try number($0, "x") } == [43.3, 204.74])
    // 22 units a value: 4 at 228 - 88 = 140, 7 at 228 - 154 = 74; caps of 5 around 265.28.
    let whisker = try #require(drawing.all(withClass: "whisker").first)
    #expect(whisker["d"] == "M265.28 140V74M260.28 140H270.28M260.28 74H270.28")
  }

  @Test("negative bars hang from zero")
  func negative() throws {
    let drawing = try #require(
      bars(["a", "b"], ["x"], [[.init(value: -5)], [.init(value: 5)]])
        .drawings(id: "i", width: 360).first)
    let nodes = drawing.all(withClass: "bar")
    // Ticks -5, 0, 5: zero at 118.
    #expect(try nodes.map { try number($0, "y") } == [118, 8])
    #expect(try nodes.map { try number($0, "height") } == [110, 110])
    #expect(drawing.all(withClass: "zero").first?["y1"] == "118")
  }

  @Test("segments of a stacked bar follow each other")
  func stacked() throws {
    let chart = StackedBars(
      name: "n", summary: "s", rowLabel: "r", rows: ["a"], series: ["x", "y"], counts: [[30, 10]],
      valueLabel: "v")
    let drawing = try #require(chart.drawings(id: "i", width: 360).first)
    let nodes = drawing.all(withClass: "bar")
    let (first, second) = (nodes[0], nodes[1])
    let end = try number(first, "x") + number(first, "width")
    #expect(try abs(end - number(second, "x")) < 0.02)
    #expect(try abs(number(first, "width") - 3 * number(second, "width")) < 0.05)
  }

  @Test("crowded groups are spread over drawings with one scale, names are turned or skipped")
  func crowded() throws {
    let groups = (0..<12).map { "benchmark \($0)" }
    let wide = bars(
      groups, ["a", "b", "c", "d"],
      groups.indices.map { group in (0..<4).map { .init(value: Double(group * 8 + $0)) } })
    let panels = wide.drawings(id: "i", width: ChartWidth.narrow)
    // 300 x 0.75 / 8 = 28 bars, so 7 groups a drawing: two of 6.
    try #require(panels.map { $0.all(withClass: "bar").count } == [24, 24])
    #expect(panels[0].all(withClass: "legend").count == 4)
    #expect(panels[1].all(withClass: "legend").isEmpty)
    let scales = panels.map { panel in
      panel.all(withClass: "label").filter { $0["text-anchor"] == "end" && $0["transform"] == nil }
        .map(\.text)
    }
    #expect(scales[0] == scales[1])
    #expect(scales[0].first == "0")
    #expect(panels[0].all(withClass: "label").count { $0["transform"] != nil } == 6)

    let many = bars((0..<60).map { "g\($0)" }, ["x"], (0..<60).map { [.init(value: Double($0))] })
    let drawing = try #require(many.drawings(id: "i", width: ChartWidth.wide).first)
    let names = drawing.all(withClass: "label").filter { $0["transform"] != nil }
    // A band of 13.4 units holds no line of 17, so every other name is written.
    #expect(names.map(\.text) == (0..<60).filter { $0 % 2 == 0 }.map { "g\($0)" })
  }

  @Test("no two of twenty series look alike")
  func styles() throws {
    let names = (0..<20).map { "s\($0)" }
    let chart = bars(["g"], names, [names.map { _ in .init(value: 1) }])
    let drawing = try #require(chart.drawings(id: "i", width: ChartWidth.wide).first)
    let looks = try names.map { name in
      let tip = "g, \(name): 1.0"
      let parts = drawing.children.filter { $0.children.first?.text == tip }
      let fill = try #require(parts.first?["class"])
      return fill + (parts.dropFirst().first?["fill"] ?? " plain")
    }
    #expect(Set(looks).count == 20)
    #expect(looks[0] == "bar fill0 plain" && looks[8] == "bar fill0url(#pattern3)")
  }

  @Test("a legend wraps before the edge")
  func legend() throws {
    let names = ["a strategy with a long name", "another strategy", "a third one of them", "last"]
    let chart = bars(["g"], names, [names.map { _ in .init(value: 1) }])
    let drawing = try #require(chart.drawings(id: "i", width: 360).first)
    let entries = drawing.all(withClass: "legend")
    for entry in entries {
      #expect(try number(entry, "x") + ChartText.width(entry.text) <= 360)
    }
    #expect(entries.map(\.text) == names)
    #expect(Set(try entries.map { try number($0, "y") }).count == 3)
  }

  @Test("names of dots never cover each other")
  func dotLabels() throws {
    let dots = (0..<40).map { index in
      ScatterChart.Dot(
        name: "category \(index)", series: 0,
        point: ChartPoint(x: Double(index % 7), y: Double(index % 5)))
    }
    let chart = ScatterChart(
      name: "n", summary: "s", series: ["b"], dots: dots, positionLabel: "x", valueLabel: "y")
    let drawing = try #require(chart.drawings(id: "i", width: 360).first)
    #expect(drawing.all(withClass: "marker").count == 41)
    let boxes = try drawing.all(withClass: "dot-label").map { label in
      let width = ChartText.width(label.text)
      let share = label["text-anchor"] == "end" ? 1 : label["text-anchor"] == "middle" ? 0.5 : 0
      return (x: try number(label, "x") - width * share, y: try number(label, "y"), width: width)
    }
    #expect(boxes.count > 5)
    for (index, a) in boxes.enumerated() {
      for b in boxes[..<index] {
        let isApart =
          a.x + a.width <= b.x + 0.02 || b.x + b.width <= a.x + 0.02 || abs(a.y - b.y) >= 13.98
        #expect(isApart)
      }
    }
  }

  @Test(
    "names beside rows take two lines before they are cut",
    arguments: [
      ("anatomy", ["anatomy"]),
      ("high_school_european_history", ["high_school_", "european_history"]),
      ("mt-bench, random gate", ["mt-bench, random", "gate"]),
      ("pneumonoultramicroscopic", ["pneumonoultra…"]),
    ])
  func wrapped(name: String, expected: [String]) {
    // 16 narrow letters at 10.5 or 13 at 12 fit into 110.
    #expect(ChartText.wrapped(name, into: 110) == expected)
  }

  @Test("text is cut to its room")
  func fitted() {
    #expect(ChartText.fitted("short", into: 100) == "short")
    let cut = ChartText.fitted("a name that is much too long", into: 60)
    #expect(cut.hasSuffix("…") && ChartText.width(cut) <= 60 && cut.count > 4)
    #expect(ChartText.fitted("two\nlines\u{202E}", into: 200) == "two lines\u{FFFD}")
  }
}
