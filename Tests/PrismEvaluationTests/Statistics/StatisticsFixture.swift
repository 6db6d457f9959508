import Foundation
import Testing

/// What `Tools/reference/statistics_fixtures.py` writes; its head says what each number is.
struct StatisticsFixture: Decodable {
  struct DrawCase: Decodable {
    let seed: String
    let below: Int
    let indices: [Int]
  }
  /// An interval drawn with the package's own indices, and scipy's drawn with its own.
  struct Interval: Decodable {
    let low, high: Double
    let seed: UInt64
    let resamples: Int
    let scipyLow, scipyHigh, standardError, step: Double
  }
  struct MeanCase: Decodable {
    let name: String
    let values: [Double]
    let mean: Double
  }
  struct MacroCase: Decodable {
    let categories: [String: [Double]]
    let mean: Double
  }
  struct DifferenceCase: Decodable {
    let name: String
    let strategy, base: [Double]
    let difference, pValue: Double
  }
  struct McNemarCase: Decodable {
    let b, c: Int
    let pValue: Double
  }
  struct CorrelationCase: Decodable {
    let name: String
    let first, second: [Double]
    let pearson, spearman: Double
    let ranks: [Double]
  }
  struct AgreementCase: Decodable {
    let first, second: [Bool]
    let agreement, kappa: Double
  }
  struct ProbabilityCase: Decodable {
    let probabilities: [Double]
    let labels: [Bool]
    /// `[point, threshold | false positive rate | true positive rate]`
    let roc: [[Double]]
    let binCounts: [Int]
    let expectedError: Double
  }
  struct HolmCase: Decodable {
    let pValues, adjusted: [Double]
  }
  struct WilsonCase: Decodable {
    let successes, count: Int
    let level, low, high: Double
  }
  struct OverallCase: Decodable {
    let scores: [String: [Double]]
    let mean: Double
  }
  /// A case and, from the same object, its intervals.
  struct Drawn<Case: Decodable>: Decodable {
    let `case`: Case
    let interval: Interval

    init(from decoder: any Decoder) throws {
      self.case = try Case(from: decoder)
      interval = try Interval(from: decoder)
    }
  }

  let draws: [DrawCase]
  let means: [Drawn<MeanCase>]
  let macroMeans: [Drawn<MacroCase>]
  let differences: [Drawn<DifferenceCase>]
  let mcNemar: [McNemarCase]
  let correlations: [CorrelationCase]
  let agreements: [AgreementCase]
  let probabilities: [ProbabilityCase]
  let holm: [HolmCase]
  let wilson: [WilsonCase]
  let overall: Drawn<OverallCase>

  static func load() throws -> StatisticsFixture {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appending(path: "statistics.json"))
    return try JSONDecoder().decode(StatisticsFixture.self, from: data)
  }
}
