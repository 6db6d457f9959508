import Foundation
import PrismPipeline
import Testing

@Suite("docs/formats.md lists the settings as they are")
struct FormatsDocumentTests {
  /// `section.key` and default of every table row of the document.
  private func documented() throws -> [String: String] {
    let path = TinyModel.repository.appendingPathComponent("docs/formats.md")
    var settings: [String: String] = [:]
    for line in try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2, cells[0].hasPrefix("`"), cells[1].hasPrefix("`") else { continue }
      settings[cells[0].replacingOccurrences(of: "`", with: "")] =
        cells[1].replacingOccurrences(of: "`", with: "")
    }
    return settings
  }

  /// The same from the configuration itself: its JSON, flattened.
  private func actual() throws -> [String: Any] {
    let data = try JSONEncoder().encode(PrismConfiguration())
    let sections = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]] ?? [:]
    var settings: [String: Any] = [:]
    for (section, values) in sections {
      for (key, value) in values { settings["\(section).\(key)"] = value }
    }
    return settings
  }

  @Test("every key is there, none is made up, and defaults agree")
  func keys() throws {
    let documented = try documented()
    let actual = try actual()
    #expect(documented.keys.sorted() == actual.keys.sorted())
    // The default precision is the processor's.
    for (key, value) in actual where key != "engine.precision" {
      let shown = documented[key] ?? ""
      switch value {
      // Floats are widened by JSON, hence the tolerance.
      case let number as NSNumber:
        #expect(abs((Double(shown) ?? .nan) - number.doubleValue) < 1e-6, "\(key) is \(number)")
      case let words as [String]: #expect(shown == "[" + words.joined(separator: ", ") + "]")
      case let numbers as [Int]:
        #expect(shown == "[" + numbers.map(String.init).joined(separator: ", ") + "]")
      case let text as String: #expect(shown == (text.isEmpty ? "''" : text), "\(key) is \(text)")
      default: Issue.record("\(key) has an unexpected kind of value")
      }
    }
  }
}
