/// Draws one mark of a plot into its frame.
struct ChartMarkDrawing {
  let frame: ChartFrame

  func nodes(_ mark: ChartMark) -> [SVGNode] {
    switch mark {
    case .bar(let band, let slot, let slots, let value, let series, let tip):
      let place = frame.columns.slot(band, slot, of: slots)
      return rectangle(
        "bar", (place.start, frame.y(0)), (place.start + place.width, frame.y(value)), series, tip)
    case .whisker(let band, let slot, let slots, let low, let high):
      return whisker(frame.columns.slot(band, slot, of: slots), low, high)
    case .block(let from, let to, let series, let tip):
      return rectangle(
        "bar", (frame.x(from.x), frame.y(from.y)), (frame.x(to.x), frame.y(to.y)), series, tip)
    case .strip(let band, let from, let to, let series, let text, let tip):
      return strip(band, from, to, series, text, tip)
    case .interval(let band, let low, let middle, let high, let series, let tip):
      return interval(band, (low, middle, high), series, tip)
    case .line(let points, let series):
      return line(points, series)
    case .dot(let point, let series, _, let tip):
      return [
        ChartSeriesStyle(series).marker(
          x: frame.x(point.x), y: frame.y(point.y), radius: 5, tip: tip)
      ]
    case .horizontalRule(let value):
      return [.line("rule", frame.left, frame.y(value), frame.right, frame.y(value))]
    case .verticalRule(let value, let label): return verticalRule(value, label)
    case .diagonal:
      return [.line("rule", frame.left, frame.bottom, frame.right, frame.top)]
    }
  }

  private func rectangle(
    _ className: String, _ a: (x: Double, y: Double), _ b: (x: Double, y: Double), _ series: Int,
    _ tip: String
  ) -> [SVGNode] {
    ChartSeriesStyle(series).filled(
      className, x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x),
      height: abs(a.y - b.y), tip: tip)
  }

  private func whisker(_ place: (start: Double, width: Double), _ low: Double, _ high: Double)
    -> [SVGNode]
  {
    let x = ReportNumber.coordinate(place.start + place.width / 2)
    let cap = min(5, place.width * 0.3)
    let left = ReportNumber.coordinate(place.start + place.width / 2 - cap)
    let right = ReportNumber.coordinate(place.start + place.width / 2 + cap)
    let (bottom, top) = (
      ReportNumber.coordinate(frame.y(low)), ReportNumber.coordinate(frame.y(high))
    )
    let data = "M\(x) \(bottom)V\(top)M\(left) \(bottom)H\(right)M\(left) \(top)H\(right)"
    // A halo in the paper's colour keeps the line visible on dark bars.
    return [.path("halo", data), .path("whisker", data)]
  }

  private func strip(
    _ band: Int, _ from: Double, _ to: Double, _ series: Int, _ text: String, _ tip: String
  ) -> [SVGNode] {
    let place = frame.rows.slot(band, 0, of: 1)
    let (start, end) = (frame.x(from), frame.x(to))
    var nodes = rectangle(
      "bar", (start, place.start), (end, place.start + place.width), series, tip)
    let room = ChartText.width(text)
    if !text.isEmpty && end - start > room + 12 {
      let (x, y) = ((start + end) / 2, place.start + place.width / 2)
      nodes.append(
        .rect("plate", x: x - room / 2 - 3, y: y - 8, width: room + 6, height: 16))
      nodes.append(.label(text, x: x, y: y + 4, anchor: "middle"))
    }
    return nodes
  }

  private func interval(
    _ band: Int, _ ends: (low: Double, middle: Double, high: Double), _ series: Int, _ tip: String
  ) -> [SVGNode] {
    let y = frame.rows.center(band)
    let row = ReportNumber.coordinate(y)
    let (low, high) = (
      ReportNumber.coordinate(frame.x(ends.low)), ReportNumber.coordinate(frame.x(ends.high))
    )
    let (up, down) = (ReportNumber.coordinate(y - 5), ReportNumber.coordinate(y + 5))
    return [
      .path("whisker", "M\(low) \(row)H\(high)M\(low) \(up)V\(down)M\(high) \(up)V\(down)"),
      ChartSeriesStyle(series).marker(x: frame.x(ends.middle), y: y, radius: 5, tip: tip),
    ]
  }

  private func line(_ points: [ChartPoint], _ series: Int) -> [SVGNode] {
    let style = ChartSeriesStyle(series)
    let places = points.map { (x: frame.x($0.x), y: frame.y($0.y)) }
    let data = places.map {
      ReportNumber.coordinate($0.x) + " " + ReportNumber.coordinate($0.y)
    }.joined(separator: "L")
    // A dozen markers tell lines apart; one on every point would hide them.
    let spacing = max(1, (places.count + 11) / 12)
    let markers = places.indices.filter { $0 % spacing == 0 || places.count == 1 }.map {
      style.marker(x: places[$0].x, y: places[$0].y, radius: 3.5, tip: "")
    }
    return places.isEmpty ? [] : [.path("line \(style.strokeClass)", "M" + data)] + markers
  }

  private func verticalRule(_ value: Double, _ label: String) -> [SVGNode] {
    let x = frame.x(value)
    var nodes = [SVGNode.line("rule", x, frame.top, x, frame.bottom)]
    if !label.isEmpty {
      // On the side with more room.
      let isLeft = x - frame.left > frame.right - x
      let text = ChartText.fitted(label, into: max(x - frame.left, frame.right - x) - 6)
      nodes.append(
        .label(
          text, x: isLeft ? x - 5 : x + 5, y: frame.top + 12, anchor: isLeft ? "end" : "start",
          className: "label rule-label"))
    }
    return nodes
  }
}
