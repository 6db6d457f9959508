import PrismBenchmark
import Testing

@Suite("Benchmark settings")
struct SettingsTests {
  @Test("keys are read from a list; ceiling adds none; others are refused by name")
  func keys() throws {
    #expect(try BenchmarkSettings.keys(named: "decode1, decode32") == [.decode1, .decode32])
    #expect(try BenchmarkSettings.keys(named: "ceiling").isEmpty)
    #expect(throws: BenchmarkError.unknownKey("decode2")) {
      try BenchmarkSettings.keys(named: "decode1,decode2")
    }
    #expect(throws: BenchmarkError.unknownKey("")) { try BenchmarkSettings.keys(named: "") }
  }

  @Test("rounds outside 1 to 100 are refused", arguments: [0, -1, 101])
  func rounds(count: Int) {
    #expect(throws: BenchmarkError.invalidRounds(count)) {
      try Benchmark(path: "", settings: BenchmarkSettings(rounds: count))
    }
  }
}
