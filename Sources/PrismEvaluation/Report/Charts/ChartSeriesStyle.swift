/// How one series differs from the others: by colour, and again by pattern, dashes and marker.
struct ChartSeriesStyle {
  /// Colours, patterns, dashes and markers in the style sheet and the page's definitions.
  static let count = 8

  private let colour: Int
  /// Of pattern and marker; 0 is the plain fill.
  private let index: Int

  /// Each further round of colours meets other patterns, so that 64 series differ.
  init(_ series: Int) {
    colour = series % Self.count
    index = (series + 3 * (series / Self.count)) % Self.count
  }

  var fillClass: String { "fill\(colour)" }
  var strokeClass: String { "stroke\(colour)" }

  /// A rectangle in the series' colour with its pattern above it.
  func filled(
    _ className: String, x: Double, y: Double, width: Double, height: Double, tip: String
  ) -> [SVGNode] {
    let base = SVGNode.rect(
      "\(className) \(fillClass)", x: x, y: y, width: width, height: height, tip: tip)
    guard index > 0 else { return [base] }
    return [
      base,
      .rect(
        "pattern", x: x, y: y, width: width, height: height, fill: "url(#pattern\(index))",
        tip: tip),
    ]
  }

  /// A shape of its own for each series.
  func marker(x: Double, y: Double, radius r: Double, tip: String) -> SVGNode {
    func at(_ dx: Double, _ dy: Double) -> String {
      ReportNumber.coordinate(x + dx * r) + " " + ReportNumber.coordinate(y + dy * r)
    }
    func polygon(_ corners: [(Double, Double)]) -> String {
      "M" + corners.map { at($0.0, $0.1) }.joined(separator: "L") + "Z"
    }
    let data =
      switch index {
      case 1: polygon([(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)])
      case 2: polygon([(0, -1.1), (1, 0.8), (-1, 0.8)])
      case 3: polygon([(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)])
      case 4: polygon([(0, 1.1), (1, -0.8), (-1, -0.8)])
      case 5:
        polygon([
          (-0.45, -1.3), (0.45, -1.3), (0.45, -0.45), (1.3, -0.45), (1.3, 0.45), (0.45, 0.45),
          (0.45, 1.3), (-0.45, 1.3), (-0.45, 0.45), (-1.3, 0.45), (-1.3, -0.45), (-0.45, -0.45),
        ])
      case 6: polygon([(-1, -0.5), (0, -1.1), (1, -0.5), (1, 0.5), (0, 1.1), (-1, 0.5)])
      case 7: polygon([(-1.1, -0.6), (1.1, -0.6), (1.1, 0.6), (-1.1, 0.6)])
      default:
        "M\(at(-1, 0))a\(ReportNumber.coordinate(r)) \(ReportNumber.coordinate(r)) 0 1 0 \(ReportNumber.coordinate(2 * r)) 0a\(ReportNumber.coordinate(r)) \(ReportNumber.coordinate(r)) 0 1 0 \(ReportNumber.coordinate(-2 * r)) 0Z"
      }
    return .path("marker \(fillClass)", data, tip: tip)
  }

  /// Definitions the page holds once: lines, dots and checks laid over a series' colour.
  static let patternDefinitions: SVGNode = SVGNode(
    "svg",
    [
      "class": "definitions", "width": "0", "height": "0", "aria-hidden": "true",
      "focusable": "false",
    ],
    children: [SVGNode("defs", children: (1..<count).map(pattern))])

  private static func pattern(_ index: Int) -> SVGNode {
    let data = [
      1: "M-2 2L2 -2M0 8L8 0M6 10L10 6", 2: "M2 2h2v2h-2zM6 6h2v2h-2z",
      3: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
      4: "M0 2H8M0 6H8", 5: "M2 0V8M6 0V8", 6: "M0 4H8M4 0V8", 7: "M0 0L8 8M0 8L8 0",
    ]
    return SVGNode(
      "pattern",
      ["id": "pattern\(index)", "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"],
      children: [.path(index == 2 ? "dots" : "hatch", data[index] ?? "")])
  }
}
