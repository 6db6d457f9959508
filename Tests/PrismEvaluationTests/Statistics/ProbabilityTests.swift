import PrismTraining
import Testing

@Suite("Gate probabilities beside numpy")
struct ProbabilityTests {
  /// Rates are quotients of the same whole numbers: equal but for a last bit.
  @Test func curveMatchesCountingByThreshold() throws {
    for example in try StatisticsFixture.load().probabilities {
      let found = GateMetrics.rocPoints(example.probabilities, example.labels)
      #expect(found.count == example.roc.count)
      for (point, reference) in zip(found, example.roc) {
        #expect(point.threshold == Float(reference[0]))
        #expect(abs(point.falsePositiveRate - reference[1]) < 1e-12)
        #expect(abs(point.truePositiveRate - reference[2]) < 1e-12)
      }
    }
  }

  @Test func calibrationMatchesNumpy() throws {
    for example in try StatisticsFixture.load().probabilities {
      let bins = GateMetrics.calibrationBins(example.probabilities, example.labels)
      #expect(bins.map(\.count) == example.binCounts)
      let error = try #require(GateMetrics.calibrationError(bins))
      #expect(abs(error - example.expectedError) < 1e-12)
    }
  }
}
