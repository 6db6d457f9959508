import Foundation
import PrismEvaluation
import Testing

@Suite("Contrast of the report's colours")
struct ReportContrastTests {
  /// Colours of the style sheet by name, in light and in dark.
  private func schemes() throws -> [[String: String]] {
    let html = try ReportWriter.html(ReportContent(title: "t"))
    let blocks = html.matches(of: /:root \{([^}]*)\}/).map { String($0.output.1) }
    try #require(blocks.count == 2)
    return blocks.map { block in
      Dictionary(
        block.matches(of: /--([a-z0-9-]+): (#[0-9a-f]{6})/).map {
          (String($0.output.1), String($0.output.2))
        }, uniquingKeysWith: { $1 })
    }
  }

  /// Relative luminance after WCAG 2.2.
  private func luminance(_ colour: String) throws -> Double {
    let value = try #require(Int(colour.dropFirst(), radix: 16))
    let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  private func ratio(_ a: String, _ b: String) throws -> Double {
    let (x, y) = (try luminance(a), try luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  @Test("the ratio of black to white is 21")
  func blackOnWhite() throws {
    #expect(try abs(ratio("#000000", "#ffffff") - 21) < 1e-9)
  }

  @Test("text reaches 4.5 and series reach 3 on what they stand on, in both schemes")
  func pairs() throws {
    let heat = ["m4", "m3", "m2", "m1", "0", "p1", "p2", "p3", "p4"].map {
      ("ink-\($0)", "heat-\($0)")
    }
    let text = [
      ("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("ink", "panel"),
      ("quiet", "panel"), ("accent", "panel"), ("ink", "note"),
    ]
    for colours in try schemes() {
      for (ink, ground) in text + heat {
        #expect(
          try ratio(#require(colours[ink]), #require(colours[ground])) >= 4.5, "\(ink) on \(ground)"
        )
      }
      for index in 0..<8 {
        let series = try #require(colours["series\(index)"])
        #expect(try ratio(series, #require(colours["paper"])) >= 3, "series\(index)")
      }
    }
  }
}
