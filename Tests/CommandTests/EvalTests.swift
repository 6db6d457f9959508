import Foundation
import Testing

@Suite("prism eval", .serialized)
struct EvalTests {
  private static let strategies = [
    "base", "expert", "persona:math:minimum:user", "average-persona:minimum", "control-text",
    "adapter", "random-gate", "prism", "oracle",
  ]
  private static let benchmarks = [
    "mt-bench", "harmbench", "jailbreakbench-benign", "xstest", "gsm8k", "ifeval", "truthfulqa",
  ]
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  private func bundle() throws -> String {
    let config = try folder.write(TinyModel.settings, to: "tiny.yaml")
    let outcome = try PrismProcess.run(
      ["distill", "--model", model, "--out", folder.file("run"), "--config", config])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return folder.file("run/bundle")
  }

  private func eval(
    _ out: String, _ more: [String], interruptWhen: (() -> Bool)? = nil
  ) throws -> PrismProcess.Outcome {
    try PrismProcess.run(
      [
        "eval", "--model", model, "--precision", "fp32", "--data", "sample", "--max-tokens", "8",
        "--out", folder.file(out),
      ] + more, interruptWhen: interruptWhen)
  }

  private func items(_ out: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder.file(out) + "/items.jsonl", encoding: .utf8)
      .split(separator: "\n").map { line in
        var item = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        item["seconds"] = nil
        return item
      }
  }

  @Test("every strategy on every benchmark: results, items, report; interrupted, it goes on")
  func main() throws {
    let arguments = [
      "--bundle", try bundle(), "--benchmarks", Self.benchmarks.joined(separator: ","),
      "--strategies", Self.strategies.joined(separator: ","),
    ]
    let outcome = try eval("eval", arguments)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("harmbench") && outcome.output.contains("report.html"))
    let results = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder.file("eval/results.json"))))
        as? [String: Any])
    let table = try #require(results["results"] as? [String: [String: [String: [String: Any]]]])
    for benchmark in ["gsm8k", "ifeval", "truthfulqa", "harmbench/phrases"] {
      let all = try #require(table[benchmark]?["all"], "\(benchmark)")
      #expect(Set(all.keys) == Set(Self.strategies), "\(benchmark)")
      #expect(
        Set(all["base"].map { Array($0.keys) } ?? []) == [
          "score", "low", "high", "count", "unreadable",
        ])
    }
    let items = try items("eval")
    #expect(items.count % Self.strategies.count == 0 && items.count > 100)
    try expectGateDecides(items)
    let page = try String(contentsOfFile: folder.file("eval/report.html"), encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("harmbench"))
    #expect(page.contains("id=\"gate\"") && page.contains("enchmark items"))
    #expect(!page.lowercased().contains("held-out queries"))

    let stopped = try eval("again", arguments) {
      let path = folder.file("again/08-outcomes.partial.jsonl")
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return (size ?? 0) > 2000
    }
    #expect(stopped.status == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("goes on from there"))
    let resumed = try eval("again", arguments)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(
      try self.items("again").elementsEqual(items) { ($0 as NSDictionary) == ($1 as NSDictionary) })
  }

  /// PRISM's row is the adapter's where the gate says so and base's elsewhere.
  private func expectGateDecides(_ items: [[String: Any]]) throws {
    func rows(_ strategy: String) -> [[String: Any]] {
      items.filter { $0["strategy"] as? String == strategy }
    }
    for (base, (adapter, prism)) in zip(rows("base"), zip(rows("adapter"), rows("prism"))) {
      let isRouted = try #require(base["gateProbability"] as? Double) >= 0.5
      let expected = isRouted ? adapter : base
      #expect(prism["conditions"] as? [String] == [isRouted ? "adapter" : "base"])
      #expect(prism["score"] as? Double == expected["score"] as? Double)
    }
  }

  @Test("what cannot be done is one sentence, before a model is loaded where possible")
  func refusals() throws {
    let strategy = try eval("x", ["--strategies", "bas"])
    #expect(strategy.status == 64 && strategy.errors.contains("there is no strategy \"bas\""))
    let benchmark = try eval("x", ["--benchmarks", "mmul"])
    #expect(benchmark.status == 64 && benchmark.errors.contains("did you mean \"mmlu\"?"))
    let gate = try eval("x", ["--benchmarks", "gsm8k", "--strategies", "base,prism"])
    #expect(gate.status == 1 && gate.errors.contains("needs an adapter and a gate"))
    let limit = try eval("x", ["--limit", "0"])
    #expect(limit.status == 64 && limit.errors.contains("limit is 0; allowed: 1 or more"))
    let data = try PrismProcess.run(
      [
        "eval", "--model", model, "--data", folder.file("nowhere"), "--strategies", "base", "--out",
        folder.file("y"),
      ])
    #expect(data.status == 1 && data.errors.contains("nowhere/"))
    #expect(data.errors.split(separator: "\n").count == 1)
    let judge = try eval("x", ["--judge", "http://127.0.0.1:9"])
    #expect(judge.status == 64 && judge.errors.contains("--judge-model"))
    let report = try PrismProcess.run(["report", folder.file("nowhere")])
    #expect(
      report.status == 1
        && report.errors.contains("holds neither results.json nor configuration.yaml"))
  }

  @Test("a changed setting never reuses answers; --fresh starts over")
  func changed() throws {
    let first = try eval("eval", ["--benchmarks", "gsm8k", "--strategies", "base"])
    try #require(first.status == 0, "\(first.errors)")
    let other = try eval("eval", ["--benchmarks", "gsm8k", "--strategies", "base", "--limit", "1"])
    #expect(other.status == 1 && other.errors.contains("limit"))
    let fresh = try eval(
      "eval", ["--benchmarks", "gsm8k", "--strategies", "base", "--limit", "1", "--fresh"])
    #expect(fresh.status == 0, "\(fresh.errors)")
    #expect(try items("eval").count == 1)
  }

  @Test("another local model judges when it is named")
  func localJudge() throws {
    let arguments = ["--benchmarks", "harmbench", "--strategies", "base", "--judge"]
    let missing = try eval("eval", arguments + [folder.file("no-model")])
    #expect(missing.status == 1 && missing.errors.contains("no-model"), "\(missing.errors)")
    let outcome = try eval("eval", arguments + [model])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let results = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: folder.file("eval/results.json"))))
    let settings = (results as? [String: Any])?["settings"] as? [String: Any]
    #expect(settings?["judge"] as? String == model)
  }
}
