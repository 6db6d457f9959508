/// A piece of HTML that is safe to write: literal parts are markup, interpolated strings are text.
///
/// Templates print values of this type only, with triple braces. The template library's own escaping
/// goes by grapheme and passes a quote that carries a combining mark, so it is not used.
package struct ReportMarkup: Hashable, Sendable, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  package let html: String

  /// Takes `html` as it is.
  package init(verbatim html: String) { self.html = html }

  package init(stringLiteral literal: String) { html = literal }

  package init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

  /// Escapes `text`.
  package init(text: String) { html = Self.escape(text) }

  package var description: String { html }

  package struct StringInterpolation: StringInterpolationProtocol {
    var html = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { html += literal }

    package mutating func appendInterpolation(_ text: String) { html += ReportMarkup.escape(text) }

    package mutating func appendInterpolation(_ markup: ReportMarkup) { html += markup.html }

    package mutating func appendInterpolation(_ number: Int) { html += String(number) }

    /// A name from the run, in whatever script, kept from reordering what stands around it.
    package mutating func appendInterpolation(run text: String) {
      html += "<bdi>" + ReportMarkup.escape(text) + "</bdi>"
    }
  }

  package static func joined(_ parts: [ReportMarkup], separator: String = "") -> ReportMarkup {
    ReportMarkup(verbatim: parts.map(\.html).joined(separator: separator))
  }

  /// `text` as character data that means the same between tags and in a quoted attribute.
  package static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in visible(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `text` with one kind of line end, and a replacement character for what HTML cannot hold or what
  /// would turn the direction of text beyond its own element.
  package static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var followsReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && !followsReturn) {
        result.append("\n")
      } else if scalar != "\n" {
        result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
      }
      followsReturn = scalar == "\r"
    }
    return String(result)
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0x00...0x1F, 0x7F...0x9F: true
    // Embeddings, overrides and isolates; noncharacters.
    case 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
  }
}
