import Foundation
import PrismModel
import Testing

@Suite("Chat templates") struct TemplateTests {
  @Test("Small templates give what Jinja2 gives, or fail where it fails")
  func snippets() throws {
    let cases = try TemplateFixtures.read([TemplateCase].self, "snippets.json")
    #expect(cases.count > 700)
    let differences = try cases.compactMap { try $0.difference(rendering: $0.source ?? "") }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("Own templates render every conversation as Jinja2 does")
  func ownTemplates() throws {
    let files = try TemplateFixtures.read([String: [TemplateCase]].self, "own.json")
    #expect(files.count == 6)
    for (file, cases) in files {
      let source = try TemplateFixtures.text(file)
      let differences = try cases.compactMap { try $0.difference(rendering: source) }
      #expect(differences.isEmpty, "\(file): \(differences.joined(separator: "\n"))")
    }
  }

  private struct Model: Decodable {
    let byteCount: Int
    let cases: [TemplateCase]
  }

  @Test("Models' own templates render as in Jinja2", .enabled(if: TemplateFixtures.cacheExists))
  func modelTemplates() throws {
    let models = try TemplateFixtures.read([String: Model].self, "models.json")
    #expect(models.count >= 6)
    for (file, model) in models.sorted(by: { $0.key < $1.key }) {
      let path = TemplateFixtures.cache.appendingPathComponent(file)
      // The default model's template is there only when the model is.
      guard let data = try? Data(contentsOf: path) else { continue }
      guard data.count == model.byteCount else {
        Issue.record("\(file) in the cache is not the file the fixture was made from")
        continue
      }
      let source = String(decoding: data, as: UTF8.self)
      let differences = try model.cases.compactMap { try $0.difference(rendering: source) }
      #expect(differences.isEmpty, "\(file): \(differences.joined(separator: "\n"))")
    }
  }

  @Test(
    "Errors say where",
    arguments: [
      ("a\n  {{ 1 + }}", 2, 10), ("{% if x %}", 1, 11), ("x\n{{ 'abc }}", 2, 4),
      ("{{ ok }}\n{{ missing.x }}", 2, 11), ("\n\n {{ raise_exception('no') }}", 3, 20),
      ("{% for i in 5 %}{% endfor %}", 1, 13), ("{{ 1 }}{{ 2 | nofilter }}", 1, 13),
    ])
  func errorPlaces(source: String, line: Int, column: Int) throws {
    let error = #expect(throws: ModelError.self) {
      _ = try ChatTemplate(source: source).render([:])
    }
    guard case .template(let foundLine, let foundColumn, let reason) = error else {
      Issue.record("not a template error: \(String(describing: error))")
      return
    }
    #expect(foundLine == line && foundColumn == column, "\(foundLine):\(foundColumn) \(reason)")
  }
}
