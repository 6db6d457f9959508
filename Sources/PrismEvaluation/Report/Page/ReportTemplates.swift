import Foundation
import Mustache

/// The page's templates and style sheet, which ship as resources.
enum ReportTemplates {
  private static let names = ["page", "block", "table", "figure", "sample", "longtext"]

  /// Throws `EvaluationError.reportResource`.
  static func styleSheet() throws -> ReportMarkup {
    ReportMarkup(verbatim: try read("report/style.css"))
  }

  /// Throws `EvaluationError.reportResource`.
  static func render(_ page: ReportPage) throws -> String {
    var library = MustacheLibrary()
    for name in names {
      let text = try read("report/\(name).mustache")
      do {
        try library.register(text, named: name)
      } catch {
        throw EvaluationError.reportResource(name: name, problem: "\(error)")
      }
    }
    guard let html = library.render(page, withTemplate: "page") else {
      throw EvaluationError.reportResource(name: "page", problem: "it is not registered")
    }
    return html
  }

  private static func read(_ name: String) throws -> String {
    guard let root = Bundle.module.resourceURL else {
      throw EvaluationError.reportResource(name: name, problem: "the build has no resources")
    }
    do {
      return try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    } catch {
      throw EvaluationError.reportResource(name: name, problem: "it cannot be read: \(error)")
    }
  }
}
