import PrismEvaluation
import Testing

@Suite("Chart ticks")
struct ChartTicksTests {
  @Test(
    "round numbers that cover the data",
    arguments: [
      (0, 10, 5, ["0", "2", "4", "6", "8", "10"]), (0, 10, 4, ["0", "5", "10"]),
      (0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (0.21, 0.29, 4, ["0.20", "0.22", "0.24", "0.26", "0.28", "0.30"]),
      (-3, 7, 5, ["\u{2212}4", "\u{2212}2", "0", "2", "4", "6", "8"]),
      (0, 97, 5, ["0", "20", "40", "60", "80", "100"]),
      (0, 12_000, 3, ["0", "5000", "10,000", "15,000"]),
      (0, 0.0007, 4, ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008"]),
      (1e12, 3e12, 2, ["1,000,000,000,000", "2,000,000,000,000", "3,000,000,000,000"]),
    ] as [(Double, Double, Int, [String])])
  func covering(low: Double, high: Double, count: Int, expected: [String]) {
    let ticks = ChartTicks(covering: low, high, count: count)
    #expect(ticks.labels == expected)
  }

  @Test(
    "a constant gets room around it",
    arguments: [
      (0, ["0.0", "0.5", "1.0"]), (5, ["4.5", "5.0", "5.5"]),
      (-200, ["\u{2212}220", "\u{2212}200", "\u{2212}180"]),
    ] as [(Double, [String])])
  func constant(value: Double, expected: [String]) {
    #expect(ChartTicks(covering: value, value, count: 2).labels == expected)
  }

  @Test(
    "ticks inside fixed ends",
    arguments: [
      (0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (1, 480, 5, ["100", "200", "300", "400"]),
      (-12.7, 18.1, 6, ["\u{2212}10", "0", "10"]), (3, 4, 2, ["3.0", "3.5", "4.0"]),
    ] as [(Double, Double, Int, [String])])
  func inside(low: Double, high: Double, count: Int, expected: [String]) {
    #expect(ChartTicks(inside: low, high, count: count).labels == expected)
  }

  @Test(
    "the ends of what may be drawn do not trap",
    arguments: [1e100, -1e100, 1e-100, Double.leastNonzeroMagnitude])
  func extremes(value: Double) {
    #expect(ChartTicks(covering: min(0, value), max(0, value), count: 5).values.count >= 2)
    #expect(ChartTicks(covering: value, value, count: 5).values.count >= 2)
    #expect(ChartTicks(covering: value, value.nextUp, count: 5).values.count >= 2)
  }
}
