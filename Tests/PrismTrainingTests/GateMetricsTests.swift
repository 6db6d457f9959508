import Foundation
import PrismTraining
import Testing

@Suite("Gate metrics")
struct GateMetricsTests {
  private struct Cases: Decodable {
    struct Case: Decodable {
      let name: String
      let scores: [Double]
      let labels: [Int]
      let auroc: Double
      let calibrationError: Double
    }
    let cases: [Case]
  }

  /// scipy's Mann-Whitney and numpy's bins, on scores with many ties. All scores are exact in fp32.
  @Test func matchTheReference() throws {
    let data = try Data(contentsOf: URL(filePath: Fixture.path("gate/metrics.json")))
    let cases = try JSONDecoder().decode(Cases.self, from: data).cases
    #expect(cases.count >= 3)
    for example in cases {
      let labels = example.labels.map { $0 == 1 }
      let auroc = try #require(GateMetrics.auroc(example.scores, labels))
      #expect(abs(auroc - example.auroc) < 1e-12, "\(example.name)")
      let bins = GateMetrics.calibrationBins(example.scores, labels)
      let error = try #require(GateMetrics.calibrationError(bins))
      #expect(abs(error - example.calibrationError) < 1e-6, "\(example.name)")
    }
  }

  /// Positives 0.9, 0.5; negatives 0.5, 0.1. Of four pairs three are in order and one ties: 3.5 / 4.
  /// At 0.5 both positives and one of two negatives pass: accuracy 3/4, balanced (1 + 1/2) / 2.
  @Test func fourRowsByHand() {
    let scores: [Double] = [0.9, 0.5, 0.5, 0.1]
    let labels = [true, true, false, false]
    #expect(GateMetrics.auroc(scores, labels) == 0.875)
    #expect(GateMetrics.accuracy(scores, labels, threshold: 0.5) == 0.75)
    #expect(GateMetrics.balancedAccuracy(scores, labels, threshold: 0.5) == 0.75)
    let points = GateMetrics.rocPoints(scores, labels)
    #expect(points.map(\.threshold) == [0.9, 0.5, 0.1])
    #expect(points.map(\.truePositiveRate) == [0.5, 1, 1])
    #expect(points.map(\.falsePositiveRate) == [0, 0.5, 1])
    // The trapezoids under (0,0) (0,.5) (.5,1) (1,1): 0 + .375 + .5.
    var (area, last) = (0.0, (0.0, 0.0))
    for point in points {
      area += (point.falsePositiveRate - last.0) * (point.truePositiveRate + last.1) / 2
      last = (point.falsePositiveRate, point.truePositiveRate)
    }
    #expect(area == 0.875)
  }

  @Test func probabilityOneFallsIntoTheLastBin() {
    let bins = GateMetrics.calibrationBins([1, 0, 0.95], [true, true, false])
    #expect(bins.map(\.count) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    // Bin 0: |0 - 1| for one of three rows; bin 9: |0.975 - 0.5| for two of three.
    let error = GateMetrics.calibrationError(bins) ?? .nan
    #expect(abs(error - (1.0 / 3 + 2.0 / 3 * 0.475)) < 1e-6)
  }

  /// Just below a bound, ten times the probability rounds up to it.
  @Test func boundsBelongToTheirBin() {
    for tenth in 1...9 {
      let bound = Double(tenth) / 10
      for (probability, bin) in [(bound.nextDown, tenth - 1), (bound, tenth)] {
        let bins = GateMetrics.calibrationBins([probability], [true])
        #expect(bins.map(\.count).firstIndex(of: 1) == bin, "\(probability)")
      }
    }
  }

  @Test func undefinedNumbersAreAbsent() {
    #expect(GateMetrics.accuracy([], [], threshold: 0.5) == nil)
    #expect(GateMetrics.auroc([0.1, 0.2], [true, true]) == nil)
    #expect(GateMetrics.balancedAccuracy([0.1], [false], threshold: 0.5) == nil)
    #expect(GateMetrics.rocPoints([0.1], [false]).isEmpty)
    #expect(GateMetrics.calibrationError(GateMetrics.calibrationBins([], [])) == nil)
  }
}
