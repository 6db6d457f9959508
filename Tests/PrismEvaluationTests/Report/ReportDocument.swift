import Foundation
import PrismEvaluation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A report read back as a tree; reading fails where it is not well-formed.
struct ReportDocument {
  /// All elements in document order.
  let elements: [XMLElement]

  init(_ content: ReportContent) throws {
    try self.init(html: ReportWriter.html(content))
  }

  init(html: String) throws {
    let document = try XMLDocument(xmlString: html)
    guard let root = document.rootElement() else { throw CocoaError(.coderReadCorrupt) }
    elements = Self.inside(root)
  }

  func elements(_ names: String...) -> [XMLElement] {
    elements.filter { names.contains($0.name ?? "") }
  }

  static func inside(_ element: XMLElement) -> [XMLElement] {
    [element] + (element.children ?? []).compactMap { $0 as? XMLElement }.flatMap(inside)
  }
}

extension XMLElement {
  func value(of attribute: String) -> String? { self.attribute(forName: attribute)?.stringValue }

  func inside(_ name: String) -> [XMLElement] {
    ReportDocument.inside(self).filter { $0.name == name }
  }
}
