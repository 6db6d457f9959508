/// Room that text needs, without a font at hand: widths of a wide sans serif, so that others fit.
package enum ChartText {
  /// Sizes in units of the view box, as the style sheet sets them.
  static let size = 12.0
  static let lineHeight = 17.0
  /// How much wider the bold labels of axes are.
  static let boldness = 1.15

  /// Width of `text` on one line.
  package static func width(_ text: String, size: Double = size) -> Double {
    text.unicodeScalars.reduce(0) { $0 + em($1) } * size
  }

  /// `text` on one line, its end replaced by an ellipsis where it is wider than `limit`.
  package static func fitted(_ text: String, into limit: Double, size: Double = size) -> String {
    let line = ReportMarkup.visible(text).split(whereSeparator: \.isNewline).joined(separator: " ")
    guard width(line, size: size) > limit else { return line }
    var kept = ""
    var used = em("…") * size
    for character in line {
      used += width(String(character), size: size)
      if used > limit { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// Size of names that take two lines, and the distance of those.
  static let smallSize = 10.5
  static let smallLineHeight = 11.5

  /// `text` on one line where it fits, otherwise on two small ones, broken after a space, a comma or
  /// a hyphen; names that begin alike stay distinct that way.
  package static func wrapped(_ text: String, into limit: Double) -> [String] {
    let line = fitted(text, into: .infinity)
    guard width(line) > limit else { return [line] }
    var firstEnd: String.Index?
    for index in line.indices where " ,-_/".contains(line[index]) {
      let end = line.index(after: index)
      guard width(String(line[..<end]), size: smallSize) <= limit else { break }
      firstEnd = end
    }
    guard let firstEnd, firstEnd < line.endIndex else { return [fitted(line, into: limit)] }
    let first = String(line[..<firstEnd])
    return [
      first.hasSuffix(" ") ? String(first.dropLast()) : first,
      fitted(String(line[firstEnd...]), into: limit, size: smallSize),
    ]
  }

  private static func em(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ", "\u{A0}": 0.34
    case "f", "r", "t", "(", ")", "-", "/", "[", "]": 0.42
    case "m", "w", "M", "W", "%", "…", "+", "\u{2212}": 0.92
    case "a"..."z", "0"..."9", "_": 0.63
    case "A"..."Z": 0.72
    default:
      // Marks that combine take no room; beyond Latin, Greek and Cyrillic most scripts are wider.
      scalar.properties.generalCategory == .nonspacingMark ? 0 : scalar.value < 0x530 ? 0.66 : 1.0
    }
  }
}
