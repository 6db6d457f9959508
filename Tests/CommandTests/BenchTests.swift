import Foundation
import Testing

@Suite("prism bench")
struct BenchTests {
  private static let rates = [
    "prefill512", "prefill4096", "decode1", "decode8", "decode32", "decode64", "judgePerSecond",
    "multipleChoicePerSecond", "multipleChoiceFivePassesPerSecond", "train512",
  ]
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  private func bench(_ arguments: [String]) throws -> PrismProcess.Outcome {
    try PrismProcess.run(
      ["bench", "--model", model, "--precision", "fp32", "--rounds", "1", "--threads", "1"]
        + arguments)
  }

  @Test("--json has every key, every figure finite and above zero")
  func json() throws {
    let outcome = try bench(["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.outputLines.count == 1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(
      Set(object.keys)
        == Set(
          Self.rates + [
            "gateShare", "mixedBatch", "ceiling", "loadSeconds", "timeToFirstToken",
            "peakResidentBytes", "model", "weights", "threads", "rounds", "cpu", "date", "details",
          ]))
    let figures =
      Self.rates + [
        "gateShare", "mixedBatch", "loadSeconds", "timeToFirstToken", "peakResidentBytes",
      ]
    for key in figures {
      let value = try #require(object[key] as? Double, "\(key)")
      #expect(value > 0 && value.isFinite, "\(key) is \(value)")
    }
    let ceiling = try #require(object["ceiling"] as? [String: Any])
    for key in ["fp32GFLOPS", "readGBps"] { #expect(try #require(ceiling[key] as? Double) > 0) }
    let details = try #require(object["details"] as? [String: [String: Any]])
    #expect(Set(details.keys) == Set(Self.rates + ["gateShare", "mixedBatch"]))
    for key in Self.rates {
      #expect(try #require(details[key]?["shareOfCeiling"] as? Double) > 0, "\(key)")
    }
    #expect(object["weights"] as? String == "fp32")
    #expect(object["threads"] as? Int == 1)
  }

  @Test("--only measures what it names, as a table with units")
  func only() throws {
    let outcome = try bench(["--only", "decode3"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("decode3"))
    #expect(outcome.output.contains("tokens/s"))
    #expect(outcome.output.contains("GB/s"))
    #expect(outcome.output.contains("% of the "))
    #expect(!outcome.output.contains("prefill512"))
    #expect(!outcome.output.contains("\u{1B}"), "a pipe gets plain text")
  }

  @Test("wrong keys and rounds are usage errors that name what is allowed")
  func usage() throws {
    let key = try PrismProcess.run(["bench", "--model", "m", "--only", "decode0"])
    #expect(key.status == 64)
    #expect(key.errors.contains("\"decode0\"") && key.errors.contains("decode64"))
    let rounds = try PrismProcess.run(["bench", "--model", "m", "--rounds", "0"])
    #expect(rounds.status == 64)
    #expect(rounds.errors.contains("--rounds is 0; allowed: 1 to 100"))
  }

  @Test("Ctrl-C ends it at once, with the status of an interruption")
  func interruption() throws {
    let start = Date()
    let outcome = try PrismProcess.run(
      ["bench", "--model", model, "--rounds", "100", "--only", "prefill4096", "--threads", "1"],
      interruptWhen: { Date().timeIntervalSince(start) > 2 })
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errors.hasSuffix("interrupted\n"), "\(outcome.errors)")
  }
}
