/// One element of a drawing, kept as a value so that tests can measure it.
package struct SVGNode: Hashable, Sendable {
  package struct Attribute: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  package let name: String
  package let attributes: [Attribute]
  package let children: [SVGNode]
  /// Character data before the children; empty for none.
  package let text: String

  init(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String = "",
    children: [SVGNode] = []
  ) {
    self.name = name
    self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
    self.text = text
    self.children = children
  }

  package subscript(attribute: String) -> String? {
    attributes.first { $0.name == attribute }?.value
  }

  /// This element and those inside it that carry the class, in drawing order.
  package func all(withClass name: String) -> [SVGNode] {
    let own = self["class"]?.split(separator: " ").contains { $0 == name } ?? false
    return (own ? [self] : []) + children.flatMap { $0.all(withClass: name) }
  }

  package var markup: ReportMarkup {
    let list = ReportMarkup.joined(
      attributes.map { " \(verbatimName: $0.name)=\"\($0.value)\"" as ReportMarkup })
    if text.isEmpty && children.isEmpty { return "<\(verbatimName: name)\(list)/>" }
    let inner = ReportMarkup.joined(children.map(\.markup))
    return "<\(verbatimName: name)\(list)>\(text)\(inner)</\(verbatimName: name)>"
  }
}

extension ReportMarkup.StringInterpolation {
  /// The name of an element or attribute, which the chart layer itself chose.
  fileprivate mutating func appendInterpolation(verbatimName name: String) { appendLiteral(name) }
}

// Elements of the chart layer. Coordinates are in units of the view box.
extension SVGNode {
  static func rect(
    _ className: String, x: Double, y: Double, width: Double, height: Double, fill: String? = nil,
    tip: String = ""
  ) -> SVGNode {
    let children = tip.isEmpty ? [] : [SVGNode("title", text: tip)]
    let place: KeyValuePairs = [
      "class": className, "x": ReportNumber.coordinate(x), "y": ReportNumber.coordinate(y),
      "width": ReportNumber.coordinate(max(0, width)),
      "height": ReportNumber.coordinate(max(0, height)), "fill": fill ?? "",
    ]
    return SVGNode("rect", place, children: children).droppingEmptyAttributes
  }

  static func line(_ className: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double)
    -> SVGNode
  {
    SVGNode(
      "line",
      [
        "class": className, "x1": ReportNumber.coordinate(x1), "y1": ReportNumber.coordinate(y1),
        "x2": ReportNumber.coordinate(x2), "y2": ReportNumber.coordinate(y2),
      ])
  }

  static func path(_ className: String, _ data: String, tip: String = "") -> SVGNode {
    SVGNode(
      "path", ["class": className, "d": data],
      children: tip.isEmpty ? [] : [SVGNode("title", text: tip)])
  }

  /// - Parameter anchor: start, middle or end.
  static func label(
    _ text: String, x: Double, y: Double, anchor: String = "start", className: String = "label",
    turn: Double = 0
  ) -> SVGNode {
    let place = ReportNumber.coordinate(x) + " " + ReportNumber.coordinate(y)
    return SVGNode(
      "text",
      [
        "class": className, "x": ReportNumber.coordinate(x), "y": ReportNumber.coordinate(y),
        "text-anchor": anchor == "start" ? "" : anchor,
        "transform": turn == 0 ? "" : "rotate(\(ReportNumber.coordinate(turn)) \(place))",
      ], text: text
    ).droppingEmptyAttributes
  }

  /// The name of a row, in one line or two, ending at `x` and centred on `y`.
  static func rowName(_ name: String, into limit: Double, x: Double, y: Double) -> [SVGNode] {
    let lines = ChartText.wrapped(name, into: limit)
    guard lines.count > 1 else {
      return lines.map { .label($0, x: x, y: y + 4, anchor: "end") }
    }
    return lines.enumerated().map { index, line in
      .label(
        line, x: x, y: y - 1.5 + Double(index) * ChartText.smallLineHeight, anchor: "end",
        className: "label small")
    }
  }

  private var droppingEmptyAttributes: SVGNode {
    SVGNode(name, kept: attributes.filter { !$0.value.isEmpty }, text: text, children: children)
  }

  private init(_ name: String, kept: [Attribute], text: String, children: [SVGNode]) {
    self.name = name
    attributes = kept
    self.text = text
    self.children = children
  }

  /// A whole drawing, named and described for those who cannot see it.
  static func drawing(
    id: String, name: String, summary: String, width: Double, height: Double, children: [SVGNode]
  ) -> SVGNode {
    SVGNode(
      "svg",
      [
        "class": "chart", "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
        "viewBox":
          "0 0 \(ReportNumber.coordinate(width)) \(ReportNumber.coordinate(height))",
        "width": ReportNumber.coordinate(width), "height": ReportNumber.coordinate(height),
      ],
      children: [
        SVGNode("title", ["id": "\(id)-title"], text: name),
        SVGNode("desc", ["id": "\(id)-desc"], text: summary),
      ] + children)
  }
}
