import PrismEvaluation
import Testing

@Suite("Gate probabilities")
struct ProbabilityTests {
  private func points(_ curve: ROCCurve) -> [ROCCurve.Point] {
    guard case .points(let points) = curve else {
      Issue.record("\(curve)")
      return []
    }
    return points
  }

  /// Rates are quotients of the same whole numbers: equal but for a last bit.
  @Test func curveMatchesCountingByThreshold() throws {
    for example in try StatisticsFixture.load().probabilities {
      let found = points(
        try ROCCurve(probabilities: example.probabilities, labels: example.labels))
      #expect(found.count == example.roc.count)
      for (point, reference) in zip(found, example.roc) {
        #expect(point.threshold == reference[0])
        #expect(abs(point.falsePositiveRate - reference[1]) < 1e-12)
        #expect(abs(point.truePositiveRate - reference[2]) < 1e-12)
      }
    }
  }

  @Test func calibrationMatchesNumpy() throws {
    for example in try StatisticsFixture.load().probabilities {
      let found = try ProbabilityCalibration(
        probabilities: example.probabilities, labels: example.labels)
      #expect(found.bins.map(\.count) == example.binCounts.filter { $0 > 0 })
      #expect(abs(found.expectedError - example.expectedError) < 1e-12)
      #expect(abs(found.brierScore - example.brierScore) < 1e-12)
      #expect(found.count == example.labels.count)
    }
  }

  /// Two positives (0.9, 0.5), two negatives (0.5, 0.1); the rows at 0.5 pass together.
  @Test func curveByHand() throws {
    let found = points(
      try ROCCurve(probabilities: [0.9, 0.5, 0.5, 0.1], labels: [true, true, false, false]))
    #expect(found.map(\.threshold) == [Double(0.9).nextUp, 0.9, 0.5, 0.1])
    #expect(found.map(\.falsePositiveRate) == [0, 0, 0.5, 1])
    #expect(found.map(\.truePositiveRate) == [0, 0.5, 1, 1])
  }

  @Test func curveNeedsBothClasses() throws {
    #expect(
      try ROCCurve(probabilities: [0.1, 0.2], labels: [true, true]) == .oneClassOnly(count: 2))
    #expect(try ROCCurve(probabilities: [], labels: []) == .oneClassOnly(count: 0))
  }

  /// Bin 0.2...0.3 holds 0.2 and 0.25 with one positive: |0.225 - 0.5| for two of three rows; the
  /// last holds 1, a positive: 0. Error 0.55 / 3. Brier: (0.2^2 + 0.75^2 + 0) / 3.
  @Test func calibrationByHand() throws {
    let found = try ProbabilityCalibration(
      probabilities: [0.2, 0.25, 1], labels: [false, true, true])
    #expect(
      found.bins.map(\.lowerBound) == [0.2, 0.9] && found.bins.map(\.upperBound) == [0.3, 1])
    #expect(found.bins.map(\.count) == [2, 1] && found.bins.map(\.positiveShare) == [0.5, 1])
    #expect(abs(found.expectedError - 0.55 / 3) < 1e-15)
    #expect(abs(found.brierScore - 0.6025 / 3) < 1e-15)
  }

  /// Just below a bound, ten times the probability rounds up to it.
  @Test func boundsBelongToTheirBin() throws {
    for tenth in 1...9 {
      let bound = Double(tenth) / 10
      for (probability, bin) in [(bound.nextDown, tenth - 1), (bound, tenth)] {
        let found = try ProbabilityCalibration(probabilities: [probability], labels: [true])
        #expect(found.bins.map(\.lowerBound) == [Double(bin) / 10], "\(probability)")
      }
    }
  }
}
