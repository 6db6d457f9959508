import PrismEvaluation
import Testing

/// Input that has no answer is an error that says what and where, never a NaN and never a trap.
@Suite("Statistics refuse")
struct StatisticsRefusalTests {
  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let message: String
    let run: @Sendable () throws -> Void

    init(_ name: String, _ message: String, _ run: @escaping @Sendable () throws -> Void) {
      testDescription = name
      self.message = message
      self.run = run
    }
  }

  static let huge = Double.greatestFiniteMagnitude

  static let bootstrap: [Refusal] = [
    Refusal("mean of nothing", "a mean has no values;") { _ = try Bootstrap.mean([]) },
    Refusal("mean of NaN", "a mean cannot use the value at index 1, which is nan;") {
      _ = try Bootstrap.mean([1, .nan])
    },
    Refusal("mean of infinity", "at index 0, which is -inf;") {
      _ = try Bootstrap.mean([-.infinity])
    },
    Refusal("mean that overflows", "a mean cannot add up its values") {
      _ = try Bootstrap.mean([huge, huge])
    },
    Refusal("no categories", "a macro mean has no values;") { _ = try Bootstrap.macroMean([:]) },
    Refusal("empty category", "a macro mean has no values in b;") {
      _ = try Bootstrap.macroMean(["a": [1], "b": []])
    },
    Refusal("NaN in a category", "a macro mean (b) cannot use the value at index 0") {
      _ = try Bootstrap.macroMean(["a": [1], "b": [.nan]])
    },
    Refusal("categories that overflow together", "a macro mean cannot add up") {
      _ = try Bootstrap.macroMean(["a": [huge / 2], "b": [huge / 2]])
    },
    Refusal("unpaired difference", "lists of one length but got 2 and 1 values") {
      _ = try Bootstrap.difference([1, 2], minus: [1])
    },
    Refusal("difference of nothing", "a paired difference has no values") {
      _ = try Bootstrap.difference([], minus: [])
    },
    Refusal("difference with NaN", "a paired difference cannot use the value at index 1") {
      _ = try Bootstrap.difference([1, 2], minus: [1, .nan])
    },
    Refusal("difference that overflows", "a paired difference cannot add up") {
      _ = try Bootstrap.difference([huge], minus: [-huge])
    },
    Refusal("other categories", "only one side has a, c;") {
      _ = try Bootstrap.macroDifference(["a": [1], "b": [1]], minus: ["b": [1], "c": [1]])
    },
    Refusal("no resamples", "the number of bootstrap resamples is 0; expected 1 to 10000000") {
      _ = try Bootstrap.mean([1], settings: BootstrapSettings(resamples: 0))
    },
    Refusal("level 1", "the confidence level is 1.0; expected more than 0 and less than 1") {
      _ = try Bootstrap.mean([1], settings: BootstrapSettings(level: 1))
    },
    Refusal("level NaN", "the confidence level is nan") {
      _ = try Bootstrap.mean([1], settings: BootstrapSettings(level: .nan))
    },
  ]

  static let others: [Refusal] = [
    Refusal("McNemar of nothing", "McNemar's test has no values") {
      _ = try McNemarTest(first: [], second: [])
    },
    Refusal("McNemar unpaired", "McNemar's test needs two lists of one length") {
      _ = try McNemarTest(first: [true], second: [])
    },
    Refusal("agreement of nothing", "agreement has no values") {
      _ = try BinaryAgreement(first: [], second: [])
    },
    Refusal("overall of nothing", "the overall score has no values") {
      _ = try OverallScore([.writing: []])
    },
    Refusal("rating off its scale", "(mt_bench/math) cannot use the value at index 1, which is 0.0")
    {
      _ = try OverallScore([.math: [1, 0]])
    },
    Refusal("share on 0 to 100", "(safety/harmbench) cannot use the value at index 0") {
      _ = try OverallScore([.harmBench: [53.2]])
    },
    Refusal("overall of NaN", "which is nan; expected 0.0 to 1.0") {
      _ = try OverallScore([.mmluOther: [.nan]])
    },
    Refusal("overall difference", "only one side has mt_bench/writing;") {
      _ = try OverallScore.difference([.writing: [1], .math: [2]], minus: [.math: [2]])
    },
    Refusal("oracle with NaN", "the gate's confusion with the oracle cannot use the value") {
      _ = try GateConfusion(routed: [true], baseScores: [.nan], adapterScores: [1])
    },
    Refusal("oracle unpaired", "lists of one length but got 1 and 2 values") {
      _ = try GateConfusion(routed: [true], baseScores: [1], adapterScores: [1, 2])
    },
    Refusal("Holm above 1", "Holm's correction cannot use the value at index 0, which is 1.1") {
      _ = try HolmCorrection.adjusted([1.1])
    },
    Refusal("Holm of NaN", "which is nan; expected 0.0 to 1.0") {
      _ = try HolmCorrection.adjusted([0.1, .nan])
    },
    Refusal("Wilson of nothing", "a share has no values") {
      _ = try ConfidenceInterval.wilson(successes: 0, of: 0)
    },
    Refusal("more successes than items", "the number of successes is 3; expected 0 to 2") {
      _ = try ConfidenceInterval.wilson(successes: 3, of: 2)
    },
  ]

  @Test(arguments: bootstrap + others) func refuses(_ example: Refusal) {
    do {
      try example.run()
      Issue.record("nothing was thrown")
    } catch let error as EvaluationError {
      #expect(error.description.contains(example.message), "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
