/// A drawing described by its axes and marks; places follow from the data when it is drawn.
package struct ChartPlot: Hashable, Sendable {
  var horizontal: ChartAxis
  var vertical: ChartAxis
  var marks: [ChartMark]
  var legend: [ChartLegendEntry] = []
  /// Height of the area between the axes.
  var plotHeight: Double
}

/// What runs along one side of a plot.
package struct ChartAxis: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Numbers; the ends move outwards to round ones unless `fixed`.
    case values(low: Double, high: Double, fixed: Bool)
    /// Names, one band each.
    case bands([String])
  }
  var label: String
  var kind: Kind

  /// An axis that holds `values`, and zero where bars start from it.
  static func covering(_ values: [Double], zero: Bool = false, label: String) -> ChartAxis {
    let all = values + (zero ? [0] : [])
    return ChartAxis(
      label: label, kind: .values(low: all.min() ?? 0, high: all.max() ?? 1, fixed: false))
  }

  /// An axis a little wider than `values` and zero, for marks that are not bars.
  static func around(_ values: [Double], label: String) -> ChartAxis {
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 1)
    let room = (high - low) * 0.06
    return low < high
      ? fixed(low - room, high + room, label: label) : covering([0], label: label)
  }

  static func fixed(_ low: Double, _ high: Double, label: String) -> ChartAxis {
    ChartAxis(label: label, kind: .values(low: low, high: high, fixed: true))
  }

  static func bands(_ names: [String], label: String = "") -> ChartAxis {
    ChartAxis(label: label, kind: .bands(names))
  }
}

/// A point in the data's own units.
package struct ChartPoint: Hashable, Sendable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// Something drawn into a plot, placed by data. `series` picks colour, pattern, marker and dashes.
package enum ChartMark: Hashable, Sendable {
  /// Bar `slot` of `slots` in a band of the horizontal axis.
  case bar(band: Int, slot: Int, slots: Int, to: Double, series: Int, tip: String)
  /// An interval on top of such a bar.
  case whisker(band: Int, slot: Int, slots: Int, low: Double, high: Double)
  /// A rectangle between values of both axes.
  case block(from: ChartPoint, to: ChartPoint, series: Int, tip: String)
  /// Part of a lying bar in a band of the vertical axis, its text written where it fits.
  case strip(band: Int, from: Double, to: Double, series: Int, text: String, tip: String)
  /// A lying interval with its middle, in a band of the vertical axis.
  case interval(band: Int, low: Double, middle: Double, high: Double, series: Int, tip: String)
  case line([ChartPoint], series: Int)
  case dot(ChartPoint, series: Int, label: String, tip: String)
  /// A dashed reference line across the plot at one value.
  case horizontalRule(Double)
  case verticalRule(Double, label: String)
  /// The line of equal values.
  case diagonal
}

package struct ChartLegendEntry: Hashable, Sendable {
  enum Swatch: Hashable, Sendable { case fill, line, dot, rule }
  var name: String
  var series: Int
  var swatch: Swatch
}
