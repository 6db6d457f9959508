import Foundation
import PrismEvaluation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Hostile text in a report")
struct ReportHostileTextTests {
  /// Every string and every key of `value`, with a hostile end; names of enum cases stay.
  private func spoiled(_ value: Any, by end: String, key: String = "") -> Any {
    switch value {
    case let text as String: ["metric", "rows"].contains(key) ? text : text + end
    case let list as [Any]: list.map { spoiled($0, by: end, key: key) }
    case let object as [String: Any]:
      Dictionary(
        uniqueKeysWithValues: object.map { name, inner in
          (
            Self.isData(key) ? name + end : name,
            spoiled(inner, by: end, key: Self.isData(key) ? Self.below(key) : name)
          )
        })
    default: value
    }
  }

  /// Objects whose keys are names of the run: benchmarks, then categories, then strategies.
  private static func isData(_ key: String) -> Bool {
    ["results", "results/", "results//", "scales", "overall", "costs", "refusalAgreement"].contains(
      key)
  }

  private static func below(_ key: String) -> String {
    key == "results" || key == "results/" ? key + "/" : ""
  }

  @Test(
    "in every field stays text",
    arguments: [
      "</script><script>alert(1)</script>", "\" onmouseover=\"alert(1)",
      "'><img src=x onerror=alert(1)>",
      "</title></style></textarea>-->]]><svg onload=alert(1)>",
      "\"\u{301} onclick=\"x\" <\u{301}b>",
      "{{{lead}}} {{#sections}} {{> block}}", "\u{0}\u{8}\u{1B}[31m\u{FFFE}",
      "\u{202E}\u{2066}desrever",
    ])
  func everyField(end: String) throws {
    let data = try JSONEncoder().encode(ReportExample.content)
    let spoiled = spoiled(try JSONSerialization.jsonObject(with: data), by: end)
    let content = try JSONDecoder().decode(
      ReportContent.self, from: JSONSerialization.data(withJSONObject: spoiled))
    #expect(content.samples[0].persona == "stem" + end)
    #expect(content.evaluation?.results["mmlu" + end]?["all" + end]?["base" + end] != nil)

    // The tree is the same element by element, apart from sections that go by names such as "all".
    let html = try ReportWriter.html(content)
    let document = try ReportDocument(html: html)
    let plain = try ReportDocument(ReportExample.content)
    #expect(Set(document.elements.compactMap(\.name)) == Set(plain.elements.compactMap(\.name)))
    let names = Set(document.elements.flatMap { $0.attributes ?? [] }.compactMap(\.name))
    #expect(names == Set(plain.elements.flatMap { $0.attributes ?? [] }.compactMap(\.name)))
    #expect(document.elements("h1").first?.stringValue == content.title.shown)
    for scalar in html.unicodeScalars {
      let isHarmful =
        scalar.value < 32 && scalar != "\n" || (0x2066...0x2069).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value)
      #expect(!isHarmful)
    }
  }

  @Test("text of either direction is isolated")
  func directions() throws {
    let document = try ReportDocument(ReportExample.content)
    let texts = document.elements.filter { $0.value(of: "class") == "run-text" }
    // A query and two answers for each of three samples.
    #expect(texts.count == 9)
    #expect(texts.allSatisfy { $0.value(of: "dir") == "auto" })
    #expect(document.elements("bdi").contains { $0.stringValue == "safety_monitor" })
  }
}

extension String {
  /// As a reader sees it: harmful characters replaced.
  fileprivate var shown: String { ReportMarkup.visible(self) }
}
