import Foundation

/// Numbers as the report prints them: a point for decimals whatever the locale, a true minus sign,
/// and never a negative zero.
package enum ReportNumber {
  /// The no-break space between a number and its unit.
  static let gap = "\u{A0}"

  /// `value` with `decimals` digits after the point; magnitudes from 1e15 on with an exponent.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    if abs(value) >= 1e15 { return String(format: "%.3g", value).replacing("-", with: "\u{2212}") }
    let digits = String(format: "%.\(max(0, decimals))f", abs(value))
    let isZero = !digits.contains { $0 != "0" && $0 != "." }
    let point = digits.firstIndex(of: ".") ?? digits.endIndex
    return (value < 0 && !isZero ? "\u{2212}" : "") + grouped(String(digits[..<point]))
      + digits[point...]
  }

  /// As `fixed`, with a plus sign where there is no minus; zero carries none.
  package static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    let isZero = !text.contains { $0.isNumber && $0 != "0" }
    return value > 0 && !isZero ? "+" + text : text
  }

  package static func count(_ value: Int) -> String {
    (value < 0 ? "\u{2212}" : "") + grouped(String(value.magnitude))
  }

  /// A share of 0 to 1 as a percentage.
  package static func percent(_ share: Double, _ decimals: Int = 0) -> String {
    fixed(share * 100, decimals) + gap + "%"
  }

  /// With its sign of relation: "= 0.031", "< 0.001".
  package static func pValue(_ value: Double) -> String {
    value < 0.001 ? "<\(gap)0.001" : "=\(gap)" + fixed(value, value < 0.1 ? 3 : 2)
  }

  /// Plain digits for coordinates: up to two decimals, no grouping, an ASCII minus.
  package static func coordinate(_ value: Double) -> String {
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  /// "1 item", "2 items"; `plural` where an s is not enough.
  package static func counted(_ value: Int, _ noun: String, _ plural: String? = nil) -> String {
    count(value) + " " + (value == 1 ? noun : plural ?? noun + "s")
  }

  /// Commas between groups of three, from five digits on.
  private static func grouped(_ digits: String) -> String {
    guard digits.count > 4 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }
}
