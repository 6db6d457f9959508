import PrismEvaluation
import Testing

@Suite("Report markup and numbers")
struct ReportMarkupTests {
  /// Some of these cannot be written in a literal.
  private static func scalars(_ values: UInt32...) -> String {
    String(String.UnicodeScalarView(values.compactMap(Unicode.Scalar.init)))
  }

  @Test(
    "text is escaped by scalar, whatever follows it",
    arguments: [
      ("a < b > c & d", "a &lt; b &gt; c &amp; d"),
      ("\"double\" 'single'", "&quot;double&quot; &#39;single&#39;"),
      ("</script><script>", "&lt;/script&gt;&lt;script&gt;"),
      ("]]>", "]]&gt;"),
      // One grapheme each: an escaper that goes by grapheme passes both.
      ("<\u{301}b \"\u{301}", "&lt;\u{301}b &quot;\u{301}"),
      ("&amp;", "&amp;amp;"),
      (
        "nul\u{0} bell\u{7} escape\u{1B} delete\u{7F} next\u{85}",
        "nul\u{FFFD} bell\u{FFFD} escape\u{FFFD} delete\u{FFFD} next\u{FFFD}"
      ),
      ("tab\tline\nreturn\rboth\r\nend", "tab\tline\nreturn\nboth\nend"),
      (
        "override\u{202E} isolate\u{2066} end\u{2069}",
        "override\u{FFFD} isolate\u{FFFD} end\u{FFFD}"
      ),
      (Self.scalars(0xFFFE, 0xFFFF, 0x1FFFE, 0xFDD0), "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("مرحبا 漢字 🎉", "مرحبا 漢字 🎉"),
      ("", ""),
    ] as [(String, String)])
  func escape(text: String, expected: String) {
    // Scalars, because Swift's equality takes some different sequences for equal.
    #expect(Array(ReportMarkup.escape(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("literal parts are markup, interpolated strings are text, names of the run are isolated")
  func interpolation() {
    let name = "<b>"
    let inner: ReportMarkup = "<i>\(name)</i>"
    let markup: ReportMarkup = "<p>\(inner) \(run: name) \(3)</p>"
    #expect(markup.html == "<p><i>&lt;b&gt;</i> <bdi>&lt;b&gt;</bdi> 3</p>")
  }

  @Test(
    "numbers",
    arguments: [
      (ReportNumber.fixed(-0.04, 1), "0.0"), (ReportNumber.fixed(-0.06, 1), "\u{2212}0.1"),
      (ReportNumber.fixed(1234.5, 1), "1234.5"), (ReportNumber.fixed(12345.678, 2), "12,345.68"),
      (ReportNumber.fixed(-1_234_567, 0), "\u{2212}1,234,567"), (ReportNumber.fixed(3, 0), "3"),
      (ReportNumber.fixed(2.5e20, 1), "2.5e+20"), (ReportNumber.signed(0.04, 1), "0.0"),
      (ReportNumber.signed(0.06, 1), "+0.1"), (ReportNumber.signed(-0.06, 1), "\u{2212}0.1"),
      (ReportNumber.percent(0.4666), "47\u{A0}%"), (ReportNumber.percent(0.4666, 1), "46.7\u{A0}%"),
      (ReportNumber.count(9999), "9999"), (ReportNumber.count(10000), "10,000"),
      (ReportNumber.count(Int.min), "\u{2212}9,223,372,036,854,775,808"),
      (ReportNumber.pValue(0.0004), "<\u{A0}0.001"), (ReportNumber.pValue(0.031), "=\u{A0}0.031"),
      (ReportNumber.pValue(0.41), "=\u{A0}0.41"), (ReportNumber.coordinate(-0.001), "0"),
      (ReportNumber.coordinate(12.5), "12.5"), (ReportNumber.coordinate(100), "100"),
      (ReportNumber.counted(1, "item"), "1 item"),
      (ReportNumber.counted(2, "category", "categories"), "2 categories"),
    ])
  func numbers(text: String, expected: String) {
    #expect(text == expected)
  }

  @Test("scores are told in the unit of their scale")
  func scores() {
    let share = ScoreText(scale(0, 1))
    #expect(share.score(0.717) == "71.7\u{A0}%")
    #expect(share.difference(-0.0312) == "\u{2212}3.1 points")
    #expect(share.shareOfScale(0.25) == 25)
    let rating = ScoreText(scale(1, 10))
    #expect(rating.score(7.559) == "7.56")
    #expect(rating.difference(0.65) == "+0.65")
    // (5.5 - 1) / 9 of the scale.
    #expect(rating.shareOfScale(5.5) == 50)
    #expect(ScoreText(scale(0, 100)).difference(1.25) == "+1.2 points")
    #expect(ScoreText(nil).shareOfScale(0.5) == nil)
    #expect(ScoreText(scale(3, 3)).shareOfScale(3) == nil)
  }

  private func scale(_ low: Double, _ high: Double) -> ScoreScale {
    ScoreScale(metric: .accuracy, minimum: low, maximum: high, higherIsBetter: true)
  }
}
