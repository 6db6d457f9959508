import Foundation
import PrismBenchmark
import PrismModel
import PrismTensor
import PrismTesting
import Testing

@Suite("A benchmark of a tiny model")
struct BenchmarkTests {
  private let path = TestData.path("PrismModelTests/Fixtures/models/tiny-llama")

  private func run(_ keys: [BenchmarkKey], rounds: Int = 1) throws -> BenchmarkReport {
    let settings = BenchmarkSettings(weights: .fp32, rounds: rounds, keys: keys)
    return try Benchmark(path: path, settings: settings).run { _ in .more }
  }

  @Test("figures are medians of the rounds and shares are of a ceiling")
  func figures() throws {
    let report = try run([.decode(streams: 1), .train512], rounds: 3)
    #expect(Set(report.values.keys) == [.decode(streams: 1), .train512])
    for key in [BenchmarkKey.decode(streams: 1), .train512] {
      let detail = try #require(report.details[key])
      #expect(detail.rounds.count == 3)
      #expect(report.values[key] == detail.rounds.sorted()[1])
      #expect(detail.rounds.allSatisfy { $0 > 0 && $0.isFinite })
      #expect(try #require(detail.shareOfCeiling) > 0)
      #expect(try #require(detail.gflops) > 0)
    }
    #expect(report.details[.train512]?.gbps == nil)
    #expect(report.ceiling.fp32GFLOPS > 0 && report.ceiling.readGBps > 0)
    #expect(report.timeToFirstToken > report.loadSeconds && report.loadSeconds > 0)
    #expect(try #require(report.peakResidentBytes) > 0)
    #expect(report.weights == "fp32" && report.rounds == 3)
  }

  @Test("what the context has no room for is left out, and null in JSON")
  func context() throws {
    // The model was made for 256 positions.
    let report = try run([.prefill(tokens: 4096), .decode(streams: 8)])
    #expect(Set(report.values.keys) == [.decode(streams: 8)])
    let data = try JSONEncoder().encode(report)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["prefill4096"] is NSNull)
    #expect(object["decode8"] is Double)
  }

  @Test("a stop is obeyed at the next report")
  func stop() throws {
    let settings = BenchmarkSettings(weights: .fp32, rounds: 100, keys: [.decode(streams: 1)])
    var reports = 0
    #expect(throws: Interrupted()) {
      _ = try Benchmark(path: path, settings: settings).run { _ in
        reports += 1
        return reports == 3 ? .stop : .more
      }
    }
    #expect(reports == 3)
  }
}
