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

  private func bundle(
    of model: String? = nil, run: String = "run", settings: String = TinyModel.settings
  ) throws -> String {
    let config = try folder.write(settings, to: "tiny.yaml")
    let outcome = try PrismProcess.run(
      ["distill", "--model", model ?? self.model, "--out", folder.file(run), "--config", config])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return folder.file(run + "/bundle")
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

  private func items(_ out: String) throws -> [[String: Any]] { try lines(out + "/items.jsonl") }

  private func lines(_ name: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder.file(name), encoding: .utf8)
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

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(path)))
  }

  @Test("fine-tuned: an adapter of its own is trained once; interrupted, it goes on")
  func fineTuned() throws {
    // So many epochs that there is time to stop after the first.
    _ = try bundle(
      settings: TinyModel.settings.replacing("adapter: {epochs: 2", with: "adapter: {epochs: 40"))
    let arguments = [
      "--run", folder.file("run"), "--benchmarks", "gsm8k,truthfulqa", "--strategies",
      "base,fine-tuned,adapter,prism,oracle", "--threads", "1",
    ]
    let outcome = try eval("eval", arguments)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("fine-tuned: "))
    let adapter = "10-fine-tuned/adapter_model.safetensors"
    // The same layout and settings as the run's own adapter, other weights.
    let names = { (path: String) in
      try FileManager.default.contentsOfDirectory(atPath: self.folder.file(path)).sorted()
    }
    #expect(try names("eval/10-fine-tuned") == names("run/06-adapter"))
    #expect(
      try bytes("eval/10-fine-tuned/adapter_config.json")
        == bytes("run/06-adapter/adapter_config.json"))
    #expect(try bytes("eval/" + adapter) != bytes("run/06-adapter/adapter_model.safetensors"))
    let rows = try items("eval")
    let tuned = rows.filter { $0["strategy"] as? String == "fine-tuned" }
    #expect(!tuned.isEmpty && tuned.allSatisfy { $0["route"] as? String == "adapter" })
    #expect(tuned.allSatisfy { $0["conditions"] as? [String] == ["fine-tuned"] })
    try expectGateDecides(rows)
    // Three sets of weights, three sets of probabilities; greedy texts of so small a model could agree.
    let answers = try lines("eval/08-outcomes.jsonl").filter {
      $0["benchmark"] as? String == "truthfulqa"
    }
    let probabilities = ["base", "adapter", "fine-tuned"].map { name in
      answers.filter { $0["condition"] as? String == name }
        .map { $0["logProbabilities"] as? [Double] ?? [] }
    }
    #expect(Set(probabilities).count == 3 && !probabilities[2].isEmpty)

    // A finished one is not trained again, though its answers are gone.
    for name in ["08-outcomes.jsonl", "08-outcomes.manifest.json"] {
      try FileManager.default.removeItem(atPath: folder.file("eval/" + name))
    }
    let again = try eval("eval", arguments)
    try #require(again.status == 0, "\(again.errors)")
    #expect(!again.errors.contains("fine-tuned: "))
    #expect(
      try items("eval").elementsEqual(rows) { ($0 as NSDictionary) == ($1 as NSDictionary) })

    let stopped = try eval("stopped", arguments) {
      FileManager.default.fileExists(
        atPath: folder.file("stopped/10-fine-tuned.checkpoint.safetensors"))
    }
    #expect(stopped.status == 130, "\(stopped.errors)")
    // What goes on starts from the checkpoint: a damaged one is named, not passed over.
    let checkpoint = "stopped/10-fine-tuned.checkpoint.safetensors"
    let whole = try bytes(checkpoint)
    try whole.dropLast().write(to: folder.url(checkpoint))
    let damaged = try eval("stopped", arguments)
    #expect(damaged.status == 1 && damaged.errors.contains(checkpoint), "\(damaged.errors)")
    try whole.write(to: folder.url(checkpoint))
    let resumed = try eval("stopped", arguments)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(try bytes("stopped/" + adapter) == bytes("eval/" + adapter))
  }

  @Test("fine-tuned without a run, or with another model's, is one sentence")
  func fineTunedRefusals() throws {
    let none = try eval("x", ["--benchmarks", "gsm8k", "--strategies", "fine-tuned"])
    #expect(
      none.status == 1 && none.errors.contains("name the folder of `prism distill` with --run"))
    let missing = try eval("x", ["--run", folder.file("nowhere"), "--strategies", "fine-tuned"])
    #expect(missing.status == 1 && missing.errors.contains("nowhere"))
    #expect(missing.errors.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
    let source = try PrismProcess.run(["eval", "--data", "sample", "--out", folder.file("x")])
    #expect(source.status == 64 && source.errors.contains("--run"))
  }

  @Test("the run of another model teaches this one nothing")
  func anotherModelsRun() throws {
    let other = folder.file("other")
    try FileManager.default.copyItem(atPath: model, toPath: other)
    let config = folder.url("other/config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    let changed = text.replacingOccurrences(
      of: "\"rms_norm_eps\": 1e-05", with: "\"rms_norm_eps\": 1e-04")
    try #require(changed != text)
    try changed.write(to: config, atomically: true, encoding: .utf8)
    _ = try bundle(of: other, run: "others")
    let arguments = ["--run", folder.file("others"), "--strategies", "fine-tuned"]
    for (more, words) in [
      ([], "others/bundle was made for the model "),
      (["--bundle", try bundle()], "others was made by another model"),
    ] {
      let outcome = try eval("x", arguments + more)
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: folder.file("x/10-fine-tuned")))
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
    for name in ["x", "y"] {
      #expect(
        !FileManager.default.fileExists(atPath: folder.file(name)), "no folder is left behind")
    }
  }

  @Test("a changed setting never reuses answers; --fresh starts over")
  func changed() throws {
    let first = try eval("eval", ["--benchmarks", "gsm8k", "--strategies", "base"])
    try #require(first.status == 0, "\(first.errors)")
    let other = try eval("eval", ["--benchmarks", "gsm8k", "--strategies", "base", "--limit", "1"])
    #expect(other.status == 1 && other.errors.contains("limit"))
    let rounded = try eval(
      "eval",
      ["--benchmarks", "gsm8k", "--strategies", "base", "--weights", "int8", "--precision", "bf16"])
    #expect(rounded.status == 1 && rounded.errors.contains("weights"), "\(rounded.errors)")
    let fresh = try eval(
      "eval", ["--benchmarks", "gsm8k", "--strategies", "base", "--limit", "1", "--fresh"])
    #expect(fresh.status == 0, "\(fresh.errors)")
    #expect(try items("eval").count == 1)
  }

  @Test(
    "what is refused costs no earlier result: --fresh with wrong data, or over another command's run"
  )
  func freshKeepsWhatItCannotReplace() throws {
    let base = ["--benchmarks", "gsm8k", "--strategies", "base", "--limit", "1"]
    try #require(try eval("eval", base).status == 0)
    let wrong = try PrismProcess.run(
      [
        "eval", "--model", model, "--data", folder.file("nowhere"), "--out", folder.file("eval"),
        "--fresh",
      ]
        + base)
    #expect(wrong.status == 1 && wrong.errors.contains("nowhere"), "\(wrong.errors)")
    let judge = try eval("eval", base + ["--fresh", "--judge", folder.file("no-model")])
    #expect(judge.status == 1 && judge.errors.contains("no-model"), "\(judge.errors)")
    #expect(try items("eval").count == 1)
    let distill = try PrismProcess.run(
      ["distill", "--model", model, "--out", folder.file("eval"), "--fresh"])
    #expect(distill.status == 1 && distill.errors.contains("a finished evaluation, which --fresh"))
    #expect(try items("eval").count == 1)

    let bundle = try bundle()
    let over = try eval("run", base + ["--bundle", bundle, "--fresh"])
    #expect(over.status == 1 && over.errors.contains("a run of `prism distill`, which --fresh"))
    #expect(FileManager.default.fileExists(atPath: bundle + "/prism.json"))
  }

  @Test("base is always measured, and fine-tuning refuses 4-bit weights")
  func baseIsAlwaysThere() throws {
    let arguments = [
      "--run", try bundle().replacingOccurrences(of: "/bundle", with: ""), "--benchmarks", "gsm8k",
      "--limit", "2", "--strategies",
    ]
    let rounded = try PrismProcess.run(
      [
        "eval", "--model", model, "--weights", "int4", "--data", "sample", "--out",
        folder.file("eval"),
      ] + arguments + ["fine-tuned"])
    #expect(rounded.status == 1 && rounded.errors.contains("learns on bf16, fp32 or int8 weights"))
    let outcome = try eval("eval", arguments + ["adapter"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let results = try #require(
      try JSONSerialization.jsonObject(with: bytes("eval/results.json")) as? [String: Any])
    let settings = try #require(results["settings"] as? [String: Any])
    #expect(settings["strategies"] as? [String] == ["base", "adapter"])
    #expect(settings["promptStyle"] as? String == "raw" && settings["shots"] as? Int == 0)
    #expect(settings["maximumTokens"] as? Int == 8 && settings["weights"] as? String == "fp32")
    let comparisons = try #require(results["comparisons"] as? [[String: Any]])
    #expect(comparisons.contains { $0["strategy"] as? String == "adapter" })
    #expect(
      outcome.output.contains("gsm8k, adapter: no difference from base shown (p = 1.000, 2 items)"))
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
