/// A chart as data: what it shows, how it is drawn at a width, and the same numbers as a table.
package protocol ReportChart: Sendable {
  /// What a reader who cannot see the drawing is told first, and then in more words.
  var name: String { get }
  var summary: String { get }
  /// One drawing, or several below each other where one would be too crowded.
  func drawings(id: String, width: Double) -> [SVGNode]
  var table: ReportTable { get }
}

/// Widths a chart is drawn at, in units of the view box; the style sheet shows the one that fits.
package enum ChartWidth {
  /// A phone.
  package static let narrow = 360.0
  /// One of two charts beside each other.
  package static let half = 420.0
  /// The whole column.
  package static let wide = 840.0
}
