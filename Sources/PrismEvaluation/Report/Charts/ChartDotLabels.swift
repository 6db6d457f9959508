/// Names beside dots, each at the first place where it covers neither a dot nor another name; names
/// without such a place are left out.
struct ChartDotLabels {
  private struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func touches(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }
  }

  let nodes: [SVGNode]

  init(_ marks: [ChartMark], frame: ChartFrame) {
    var taken: [Box] = []
    var dots: [(x: Double, y: Double, label: String)] = []
    for case .dot(let point, _, let label, _) in marks {
      let (x, y) = (frame.x(point.x), frame.y(point.y))
      taken.append(Box(x: x - 6, y: y - 6, width: 12, height: 12))
      dots.append((x, y, label))
    }
    var nodes: [SVGNode] = []
    for dot in dots where !dot.label.isEmpty {
      let text = ChartText.fitted(dot.label, into: 150)
      let width = ChartText.width(text)
      let places = Self.offsets.map { dx, dy, share in
        Box(x: dot.x + dx - width * share, y: dot.y + dy - 11, width: width, height: 14)
      }
      guard
        let index = places.indices.first(where: { index in
          let box = places[index]
          return box.x >= frame.left && box.x + box.width <= frame.width && box.y >= frame.top - 4
            && box.y + box.height <= frame.bottom + 2 && !taken.contains { $0.touches(box) }
        })
      else { continue }
      taken.append(places[index])
      let share = Self.offsets[index].2
      nodes.append(
        .label(
          text, x: places[index].x + width * share, y: places[index].y + 11,
          anchor: share == 0 ? "start" : share == 1 ? "end" : "middle",
          className: "label dot-label"))
    }
    self.nodes = nodes
  }

  /// From the dot to the label's anchor, and which share of the label lies left of it.
  private static let offsets: [(Double, Double, Double)] = [
    (9, 4, 0), (-9, 4, 1), (0, -10, 0.5), (0, 19, 0.5), (7, -8, 0), (-7, -8, 1), (7, 17, 0),
    (-7, 17, 1),
  ]
}
