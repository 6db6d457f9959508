import Foundation
import PrismEvaluation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Report page")
struct ReportPageTests {
  @Test("headings go down one level at a time, landmarks are there, names and links resolve")
  func structure() throws {
    let document = try ReportDocument(ReportExample.content)
    let levels = document.elements("h1", "h2", "h3", "h4").compactMap {
      $0.name?.last?.wholeNumberValue
    }
    #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
    for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
    for name in ["header", "nav", "main", "footer"] { #expect(document.elements(name).count == 1) }
    let ids = document.elements.compactMap { $0.value(of: "id") }
    #expect(Set(ids).count == ids.count)
    let named = document.elements.compactMap { $0.value(of: "aria-labelledby") }
      .flatMap { $0.split(separator: " ").map(String.init) }
    let links = document.elements("a").compactMap { $0.value(of: "href") }
    #expect(links.allSatisfy { $0.hasPrefix("#") })
    #expect(Set(named + links.map { String($0.dropFirst()) }).isSubset(of: Set(ids)))
  }

  @Test("every chart has a title, a description and its numbers; every heading cell has a scope")
  func accessible() throws {
    let document = try ReportDocument(ReportExample.content)
    let charts = document.elements("svg").filter { $0.value(of: "class") == "chart" }
    #expect(charts.count > 20)
    for chart in charts {
      #expect(chart.value(of: "role") == "img")
      let parts = (chart.children ?? []).prefix(2)
      #expect(parts.map(\.name) == ["title", "desc"])
      #expect(parts.allSatisfy { !($0.stringValue ?? "").isEmpty })
    }
    let figures = document.elements("figure")
    #expect(figures.count == 15)
    for figure in figures {
      let tables = figure.inside("details").flatMap { $0.inside("table") }
      #expect(tables.count == 1)
      #expect(tables.allSatisfy { $0.inside("td").count > 0 })
    }
    #expect(
      document.elements("th").allSatisfy {
        ["col", "row", "rowgroup"].contains($0.value(of: "scope"))
      })
  }

  @Test("the page loads nothing and runs nothing")
  func selfContained() throws {
    let html = try ReportWriter.html(ReportExample.content)
    let document = try ReportDocument(html: html)
    #expect(!html.contains("http://") && !html.contains("https://"))
    #expect(!html.contains("@import") && !html.contains("url(\""))
    for name in ["script", "link", "img", "iframe", "object", "embed", "base", "form"] {
      #expect(document.elements(name).isEmpty)
    }
    for element in document.elements {
      for attribute in element.attributes ?? [] {
        let name = attribute.name ?? ""
        #expect(!name.hasPrefix("on") && name != "src" && name != "style")
        let value = attribute.stringValue ?? ""
        #expect(!value.contains("url(") || value.hasPrefix("url(#pattern"))
      }
    }
  }

  @Test("sections are there when their data is, and only then")
  func sections() throws {
    let full = ReportExample.content
    func headings(_ change: (inout ReportContent) -> Void) throws -> [String] {
      var content = ReportContent(title: "t")
      change(&content)
      return try ReportDocument(content).elements("h2").compactMap(\.stringValue)
    }
    #expect(try headings { _ in } == [])
    #expect(try headings { $0.facts = full.facts } == ["Settings and provenance"])
    #expect(try headings { $0.settings = full.settings } == ["Settings and provenance"])
    #expect(try headings { $0.efforts = full.efforts } == ["Settings and provenance"])
    #expect(try headings { $0.samples = full.samples } == ["Sample queries"])
    #expect(try headings { $0.verdicts = full.verdicts } == ["Verdicts"])
    #expect(try headings { $0.judge = full.judge } == ["Verdicts"])
    #expect(try headings { $0.losses = full.losses } == ["Training"])
    #expect(try headings { $0.gate = full.gate } == ["Gate"])
    #expect(try headings { $0.study = full.study } == ["When do personas help?"])
    #expect(
      try headings { $0.evaluation = full.evaluation } == [
        "Settings and provenance", "Scores", "What the numbers support",
        "Routing and persona effect", "Cost",
      ])
    #expect(
      try headings {
        $0.evaluation = EvaluationResults(settings: ReportExample.evaluation.settings)
      } == ["Settings and provenance"])
    #expect(try ReportWriter.html(ReportContent(title: "t")).contains("holds no results yet"))
  }

  @Test("the first paragraph says what the numbers say")
  func summary() throws {
    let content = ReportContent(
      title: "t",
      verdicts: [
        .init(persona: "a", distill: 3, retain: 6),
        .init(persona: "b", distill: 1, retain: 9, unreadable: 1),
      ],
      losses: [
        .init(
          name: "adapter", lossLabel: "l", positionLabel: "p",
          series: [.init(name: "held out", losses: [0.8, 0.4])], note: "step 1 of 2")
      ],
      gate: .init(threshold: 0.5, accuracy: 0.688, majorityAccuracy: 0.53, auroc: 0.7))
    let lead = try ReportDocument(content).elements("p").first { $0.value(of: "class") == "lead" }
    #expect(
      lead?.stringValue
        == "Of 20 queries, the persona answer won 4 (20\u{A0}%), which are distilled, and base keeps 15; 1 could not be read. In training, the adapter loss (held out) fell from 0.800 to 0.400 (step 1 of 2). The gate routes 68.8\u{A0}% of held-out queries rightly, where always giving the more frequent answer is right on 53.0\u{A0}%, and has an AUROC of 0.700."
    )
  }

  @Test("a gate's section speaks of what it was measured on")
  func gateRows() throws {
    for (rows, words, others) in [
      (ReportContent.Gate.Rows.heldOutQueries, "held-out queries", "items"),
      (.benchmarkItems, "benchmark items", "queries"),
    ] {
      var gate = ReportExample.gate
      gate.rows = rows
      gate.notes = []
      let document = try ReportDocument(ReportContent(title: "t", gate: gate))
      let section = try #require(document.elements("section").first).stringValue ?? ""
      let lead = document.elements("p").first { $0.value(of: "class") == "lead" }?.stringValue
      #expect(section.contains("the \(words)") && section.contains(words.prefix(1).uppercased()))
      #expect(lead?.contains("of \(words) rightly") == true)
      #expect(!section.contains(others) && lead?.contains(others) == false)
    }
  }

  @Test("a gate that does not beat the majority is said not to")
  func majority() throws {
    for (accuracy, isSaid) in [(0.53, true), (0.52, true), (0.54, false)] {
      let content = ReportContent(
        title: "t", gate: .init(threshold: 0.5, accuracy: accuracy, majorityAccuracy: 0.53))
      #expect(try ReportWriter.html(content).contains("not better than always giving") == isSaid)
    }
  }

  @Test("unreadable outputs are pointed out from two in a hundred on")
  func unreadable() throws {
    for (count, isSaid) in [(1, false), (4, true), (0, false)] {
      var evaluation = ReportExample.evaluation
      evaluation.results = [
        "mmlu": [
          "all": ["base": .init(score: 0.5, low: 0.4, high: 0.6, count: 96, unreadable: count)]
        ]
      ]
      let html = try ReportWriter.html(ReportContent(title: "t", evaluation: evaluation))
      #expect(html.contains("could not be read. The score is that of the others") == isSaid)
    }
  }

  @Test("long answers are cut behind a click, and nothing of them is lost")
  func longAnswers() throws {
    let text = (0..<400).map { "word\($0)" }.joined(separator: " ")
    let content = ReportContent(
      title: "t",
      samples: [.init(query: "q", persona: "p", baseAnswer: text, personaAnswer: "short")])
    let answer = try #require(
      ReportDocument(content).elements("div").first { $0.value(of: "class") == "run-text" })
    let rest = try #require(answer.inside("details").first)
    let shown = (answer.children ?? []).first?.stringValue ?? ""
    #expect(shown.count <= 600 && shown.count > 500)
    let hidden = (rest.children ?? []).last?.stringValue ?? ""
    #expect(shown + hidden == text)
  }

  @Test("content survives its own JSON, and one content gives one page")
  func stable() throws {
    let content = ReportExample.content
    let decoded = try JSONDecoder().decode(ReportContent.self, from: JSONEncoder().encode(content))
    #expect(decoded == content)
    #expect(try ReportWriter.html(decoded) == ReportWriter.html(content))
  }

  @Test("numbers that are none, and lists that do not fit, are refused with their place")
  func refused() {
    var content = ReportExample.content
    content.gate?.auroc = .nan
    #expect(throws: EvaluationError.reportNumber(field: "report.gate.auroc", value: "nan")) {
      try ReportWriter.html(content)
    }
    content = ReportExample.content
    content.losses[1].series[0].losses[2] = .infinity
    #expect(
      throws: EvaluationError.reportNumber(
        field: "report.losses[1].series[0].losses[2]", value: "inf")
    ) { try ReportWriter.html(content) }
    content = ReportExample.content
    content.losses[0].series[1].positions.removeLast()
    #expect(
      throws: EvaluationError.reportShape(
        field: "the loss curve adapter, held out", problem: "9 positions for 10 losses")
    ) { try ReportWriter.html(content) }
  }
}
