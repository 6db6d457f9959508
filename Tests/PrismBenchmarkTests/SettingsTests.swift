import PrismBenchmark
import Testing

@Suite("Benchmark settings")
struct SettingsTests {
  @Test("keys are read from a list; ceiling adds none; others are refused by name")
  func keys() throws {
    #expect(
      try BenchmarkSettings.keys(named: "decode16, gateShare,decode16")
        == [.decode(streams: 16), .gateShare])
    #expect(try BenchmarkSettings.keys(named: "ceiling").isEmpty)
    for name in ["decode", "decode0", "decode257", "prefill-1", "train64", "prefill1048577", ""] {
      #expect(throws: BenchmarkError.unknownKey(name)) {
        try BenchmarkSettings.keys(named: "decode1," + name)
      }
    }
  }

  @Test("every standard key has a name of its own that leads back to it")
  func names() throws {
    for key in BenchmarkKey.standard { #expect(try BenchmarkKey(name: key.name) == key) }
    #expect(Set(BenchmarkKey.standard.map(\.name)).count == BenchmarkKey.standard.count)
  }

  @Test("rounds outside 1 to 100 are refused", arguments: [0, -1, 101])
  func rounds(count: Int) {
    #expect(throws: BenchmarkError.invalidRounds(count)) {
      try Benchmark(path: "", settings: BenchmarkSettings(rounds: count))
    }
  }
}
